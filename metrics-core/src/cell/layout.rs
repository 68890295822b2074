//! What the cells of one series hold.

/// How the slots of one series are used: first floats, then integers.
///
/// The sums of a histogram so have the same place however many buckets it has, and a slot that is reached proves that
/// all sums are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) floats: u16,
    pub(crate) integers: u16,
    /// Whether there are no floats, and the second integer, less the first, is a level.
    pub(crate) level: bool,
}

impl Layout {
    /// One integer.
    pub(crate) const COUNTER: Self = Self { floats: 0, integers: 1, level: false };

    pub(crate) const fn width(self) -> u32 {
        self.integers as u32 + self.floats as u32
    }

    /// Whether it is one integer.
    pub(crate) const fn is_counter(self) -> bool {
        self.integers == 1 && self.floats == 0
    }

    /// Whether these sums are a level that is not zero: things in progress.
    pub(crate) fn has_level(self, sums: &[u64]) -> bool {
        self.level && sums.first() != sums.get(1)
    }

    /// Adds the cells of a series to sums, of which there may be more than cells.
    #[inline]
    pub(crate) fn add(self, sums: &mut [u64], cells: impl Iterator<Item = u64>) {
        self.combine(sums, cells, |sum, cell| sum + cell, u64::wrapping_add);
    }

    /// Subtracts earlier sums of a series from later ones.
    #[inline]
    pub(crate) fn subtract(self, sums: &mut [u64], earlier: &[u64]) {
        self.combine(sums, earlier.iter().copied(), |sum, earlier| sum - earlier, u64::wrapping_sub);
    }

    #[inline(always)]
    fn combine(
        self,
        sums: &mut [u64],
        cells: impl Iterator<Item = u64>,
        floats: impl Fn(f64, f64) -> f64,
        integers: impl Fn(u64, u64) -> u64,
    ) {
        for (offset, (sum, cell)) in sums.iter_mut().zip(cells).enumerate() {
            *sum = if offset < usize::from(self.floats) {
                floats(f64::from_bits(*sum), f64::from_bits(cell)).to_bits()
            } else {
                integers(*sum, cell)
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Layout;

    #[test]
    fn floats_are_combined_as_floats_and_integers_wrap() {
        let layout = Layout { floats: 1, integers: 2, level: false };
        let mut sums = [1.5_f64.to_bits(), u64::MAX, 3];
        layout.add(&mut sums, [0.25_f64.to_bits(), 1].into_iter());
        assert_eq!(sums, [1.75_f64.to_bits(), 0, 3]);
        layout.subtract(&mut sums, &[0.75_f64.to_bits(), 1, 1]);
        assert_eq!(sums, [1.0_f64.to_bits(), u64::MAX, 2]);
    }
}
