//! Short copies without a call.

/// Copies `from` to the start of `to`, which must be at least as long; if it is not, nothing is copied.
///
/// Label values and numbers are a few bytes long, where calling `memcpy` costs more than copying. Two overlapping
/// words cover every length between one word and two.
#[inline]
pub(super) fn short(to: &mut [u8], from: &[u8]) {
    let Some(to) = to.get_mut(..from.len()) else { return };
    match from.len() {
        0 => {}
        1..=3 => {
            // First, middle and last; they coincide when there are fewer than three.
            let (middle, last) = (from.len() / 2, from.len() - 1);
            to[0] = from[0];
            to[middle] = from[middle];
            to[last] = from[last];
        }
        4..=7 => ends::<4>(to, from),
        8..=15 => ends::<8>(to, from),
        16..=32 => ends::<16>(to, from),
        _ => to.copy_from_slice(from),
    }
}

#[inline]
fn ends<const N: usize>(to: &mut [u8], from: &[u8]) {
    if let (Some(first), Some(last)) = (from.first_chunk::<N>(), from.last_chunk::<N>()) {
        if let Some(to) = to.first_chunk_mut::<N>() {
            *to = *first;
        }
        if let Some(to) = to.last_chunk_mut::<N>() {
            *to = *last;
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_length_is_copied_whole_and_nothing_else() {
        let from: Vec<u8> = (1..=200).collect();
        for length in 0..=from.len() {
            let mut to = vec![0; 201];
            super::short(&mut to, &from[..length]);
            assert_eq!(to[..length], from[..length]);
            assert!(to[length..].iter().all(|&byte| byte == 0), "{length}");
        }
    }

    #[test]
    fn what_does_not_fit_is_left_out() {
        let mut to = [0; 4];
        super::short(&mut to, b"12345");
        assert_eq!(to, [0; 4]);
    }
}
