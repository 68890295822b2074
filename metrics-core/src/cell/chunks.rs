//! Chunks that double in size, so that a number leads to its place without a lock and nothing ever moves.

/// The chunk that holds what is numbered `number`, and its place there. The first chunk holds `first` things, each
/// further one twice as many as the one before.
#[inline]
pub(crate) const fn locate(number: u32, first: u32) -> (usize, usize) {
    // In 32 bits: the compiler sees then that 26 chunks are enough for every number, and does not check.
    let shifted = number + first;
    let chunk = (shifted / first).ilog2();
    (chunk as usize, (shifted - (first << chunk)) as usize)
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::locate;

    #[test]
    fn every_number_has_a_place_of_its_own_and_chunks_are_filled() {
        let mut expected = (0, 0);
        for number in 0..1000 {
            assert_eq!(locate(number, 4), expected);
            expected.1 += 1;
            if expected.1 == 4 << expected.0 {
                expected = (expected.0 + 1, 0);
            }
        }
    }
}
