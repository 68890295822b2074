//! Numbers of label sets: mixed radix, one digit for each label.

/// The number of different sets, if every label is closed and the number fits.
pub const fn product(cardinalities: &[Option<usize>]) -> Option<usize> {
    let mut product = 1_usize;
    let mut at = 0;
    while at < cardinalities.len() {
        let Some(values) = cardinalities[at] else { return None };
        match product.checked_mul(values) {
            Some(more) => product = more,
            None => return None,
        }
        at += 1;
    }
    Some(product)
}

/// The radix of one digit: the number of its label's values, and at least 1, so that it can be divided by.
#[inline]
pub const fn radix(cardinality: Option<usize>) -> usize {
    match cardinality {
        None | Some(0) => 1,
        Some(values) => values,
    }
}

/// Returns the number with one more digit behind it. No call is left of it; in the user's crate, lints would see the
/// arithmetic.
#[inline(always)]
pub const fn append_digit(number: usize, radix: usize, digit: usize) -> usize {
    number * radix + digit
}

/// Returns the number without its last digit, and that digit.
#[inline]
pub const fn split_digit(number: usize, radix: usize) -> (usize, usize) {
    (number / radix, number % radix)
}

/// Returns the text of this index; an empty one if there is none.
#[inline]
pub fn text_of(texts: &'static [&'static str], index: usize) -> &'static str {
    texts.get(index).copied().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::{product, radix};

    #[test]
    fn multiplies_closed_labels() {
        assert_eq!(product(&[]), Some(1));
        assert_eq!(product(&[Some(2), Some(3), Some(4)]), Some(24));
        assert_eq!(product(&[Some(2), None]), None);
        assert_eq!(product(&[Some(usize::MAX), Some(2)]), None);
        assert_eq!(product(&[Some(0), Some(2)]), Some(0));
    }

    #[test]
    fn a_radix_divides() {
        assert_eq!(radix(Some(3)), 3);
        assert_eq!(radix(Some(0)), 1);
        assert_eq!(radix(None), 1);
    }
}
