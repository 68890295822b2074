//! Metrics of different names whose samples, or whose families in some format, have the same name.

use super::{Conflict, declared_family::DeclaredFamily};
use crate::{
    descriptor::Kind,
    encode::{sample_suffixes, stem},
};

/// Leaves the first, by stem, of metrics whose samples or families have one name.
///
/// A clash means that one stem is another stem, or another stem and one of the suffixes of its kind.
pub(super) fn remove(families: &mut Vec<DeclaredFamily>, conflicts: &mut Vec<Conflict>) {
    let mut left_out = Vec::new();
    // Among sorted names, those that the current one begins with are kept on a stack, with their lengths.
    let mut prefixes: Vec<(usize, usize)> = Vec::new();
    let mut previous = "";
    for (at, declared) in families.iter().enumerate() {
        let name = declared.name();
        // All on the stack begin the previous name, so this is how much of them is in this one.
        let common = common_length(previous, name);
        while prefixes.last().is_some_and(|&(_, length)| length > common) {
            prefixes.pop();
        }
        let is_clash = |other: usize| families.get(other).is_some_and(|other| clash(other, declared));
        let clash = prefixes.iter().map(|&(prefix, _)| prefix).find(|&prefix| is_clash(prefix));
        match clash.or_else(|| hidden_clash(families, at, (previous, common), &left_out)) {
            Some(other) => left_out.push((at, other)),
            None => prefixes.push((at, name.len())),
        }
        previous = name;
    }
    for &(at, other) in &left_out {
        if let (Some(left_out), Some(shown)) = (families.get(at), families.get(other)) {
            conflicts.push(Conflict::Samples {
                name: shown.name().to_owned(),
                shown: *shown.place(),
                other: left_out.name().to_owned(),
                left_out: *left_out.place(),
            });
        }
    }
    if !left_out.is_empty() {
        let mut at = 0;
        families.retain(|_| {
            let keep = left_out.binary_search_by_key(&at, |&(gone, _)| gone).is_err();
            at += 1;
            keep
        });
    }
}

/// How many bytes both begin with.
#[inline]
fn common_length(a: &str, b: &str) -> usize {
    const WORD: usize = size_of::<u64>();
    let (a, b) = (a.as_bytes(), b.as_bytes());
    // A word at a time.
    let word = |bytes: &[u8]| bytes.first_chunk().copied().map_or(0, u64::from_le_bytes);
    let mut same = 0;
    for (a, b) in a.chunks_exact(WORD).zip(b.chunks_exact(WORD)) {
        let differ = word(a) ^ word(b);
        if differ != 0 {
            return same + differ.trailing_zeros() as usize / 8;
        }
        same += WORD;
    }
    let shorter = a.len().min(b.len());
    if let (Some(a), Some(b)) = (a[..shorter].last_chunk::<WORD>(), b[..shorter].last_chunk::<WORD>()) {
        // The last word overlaps what is known to be the same.
        let differ = u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
        return shorter - WORD + (differ.trailing_zeros() as usize / 8).min(WORD);
    }
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

fn clash(a: &DeclaredFamily, b: &DeclaredFamily) -> bool {
    let (stem_a, stem_b) = (stem(a.name(), a.kind()), stem(b.name(), b.kind()));
    let by_suffix = |stem: &str, kind: Kind, other: &str| {
        other.strip_prefix(stem).is_some_and(|suffix| sample_suffixes(kind).contains(&suffix))
    };
    stem_a == stem_b || by_suffix(stem_a, a.kind(), stem_b) || by_suffix(stem_b, b.kind(), stem_a)
}

/// The place of an earlier family that clashes with the one at this place although neither name begins with the other:
/// `build_info` with `build_total`, or `orders_created` with `orders_total`. `previous` is the name before this one,
/// and how many bytes of it begin this one.
fn hidden_clash(
    families: &[DeclaredFamily],
    at: usize,
    (previous, common): (&str, usize),
    left_out: &[(usize, usize)],
) -> Option<usize> {
    let (earlier, declared) = (families.get(..at)?, families.get(at)?);
    // The stem of most is longer than what they have in common with another, and need not be looked for.
    if common + "_total".len() < declared.name().len() {
        return None;
    }
    let stem = stem(declared.name(), declared.kind());
    // Whatever is sorted between the other name and this one begins with the stem and an underscore, too.
    let begins_so = common >= stem.len() && previous.as_bytes().get(stem.len()) == Some(&b'_');
    if declared.kind() != Kind::Counter || !begins_so {
        return None;
    }
    ["_info", "_created", "_created_total", "_created_info"].iter().find_map(|suffix| {
        let name = format!("{stem}{suffix}");
        let found = earlier.binary_search_by(|other| other.name().cmp(&name)).ok()?;
        let is_shown = left_out.binary_search_by_key(&found, |&(gone, _)| gone).is_err();
        (is_shown && clash(earlier.get(found)?, declared)).then_some(found)
    })
}

/// Whether a family clashes with one of those whose kinds `known` finds by their stems.
pub(super) fn with_known(stem: &str, kind: Kind, known: impl Fn(&str) -> Option<Kind>) -> bool {
    known(stem).is_some()
        || sample_suffixes(kind).iter().any(|suffix| known(&format!("{stem}{suffix}")).is_some())
        || SUFFIXES.iter().any(|suffix| {
            let kind = stem.strip_suffix(suffix).and_then(&known);
            kind.is_some_and(|kind| sample_suffixes(kind).contains(suffix))
        })
}

/// Everything that [`sample_suffixes`] may return.
const SUFFIXES: [&str; 8] = ["_total", "_created", "_bucket", "_count", "_sum", "_gcount", "_gsum", "_info"];

#[cfg(test)]
mod tests {
    use super::common_length;

    #[test]
    fn the_beginning_of_both_is_measured() {
        let text = "orders_created_by_customers_total";
        for length in 0..text.len() {
            assert_eq!(common_length(text, &text[..length]), length);
            assert_eq!(common_length(&format!("{}#", &text[..length]), text), length);
        }
        assert_eq!(common_length(text, text), text.len());
        assert_eq!(common_length("", text), 0);
    }
}
