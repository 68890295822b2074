//! From bounds to a table that finds the bucket of a value.

/// The most finite bounds a layout may have.
pub(super) const MOST: usize = 127;
const CELLS: usize = 256;
/// A cell of the table is a quarter of an octave: the exponent and two bits of the mantissa.
const CELL_SHIFT: u32 = 50;
/// In a cell with more than one bound in it, beside the number of those below.
const CROWDED: u8 = 1 << 7;
const _: () = assert!(MOST < CROWDED as usize);
/// Bounds that are compared at once in a crowded cell.
const AT_ONCE: usize = 3;

/// Sorted bounds, and where to begin looking among them.
///
/// A positive double's upper bits are its logarithm, near enough. They index a table that says how many bounds lie
/// below that quarter octave; what remains is to compare with the bounds inside it, nearly always one.
#[derive(Debug)]
pub(super) struct BucketTable {
    /// The bounds, then infinities. One more than `MOST`, and a power of two.
    pub(super) bounds: [f64; MOST + 1],
    pub(super) len: u8,
    /// Bounds below each quarter octave, from about that of the first bound on, and whether it is [`CROWDED`]. All are,
    /// if the table serves nothing, because there are no bounds, or some that are not positive or too far apart.
    below: [u8; CELLS],
    /// The upper bits that have the first cell. What is negative, infinite or no number has such that lie more than
    /// `CELLS` above, so that one comparison finds all of them.
    first: u64,
}

const fn key(value: f64) -> u64 {
    value.to_bits() >> CELL_SHIFT
}

/// The least upper bits of what is not finite.
const LIMIT: u64 = key(f64::INFINITY);

impl BucketTable {
    #[expect(clippy::cast_possible_truncation, reason = "at most MOST bounds and CELLS cells")]
    pub(super) const fn new(bounds: &[f64; MOST + 1], len: usize) -> Self {
        let mut table = Self { bounds: *bounds, len: len as u8, below: [CROWDED; CELLS], first: 0 };
        // Layouts of sizes and of numbers often begin with a bound of 0. It has the first cell for itself, which takes
        // what is below the next bound's cell.
        let zeros = if len > 0 && bounds[0].to_bits() == 0 { 1 } else { 0 };
        if len == zeros || bounds[zeros] <= 0.0 {
            return table;
        }
        let first = key(bounds[zeros]).saturating_sub(zeros as u64);
        if key(bounds[len - 1]) - first >= CELLS as u64 || first + CELLS as u64 > LIMIT {
            return table;
        }
        table.first = first;
        let (mut cell, mut below) = (0, 0);
        while cell < CELLS {
            let mut end = below;
            while end < len && key(bounds[end]).saturating_sub(first) == cell as u64 {
                end += 1;
            }
            table.below[cell] = below as u8 | if end - below > 1 { CROWDED } else { 0 };
            below = end;
            cell += 1;
        }
        table
    }

    /// How many bounds lie below the quarter octave of a value, and whether that is [`CROWDED`]. All is where the table
    /// does not serve.
    #[inline(always)]
    fn below(&self, value: f64) -> u8 {
        // All that is smaller is in the first cell.
        let cell = key(value).saturating_sub(self.first);
        usize::try_from(cell).ok().and_then(|cell| self.below.get(cell)).map_or(CROWDED, |below| *below)
    }

    /// The number of the bucket of a value that is not NaN: how many bounds are below it.
    pub(super) fn bucket(&self, value: f64) -> u32 {
        self.quick(value).unwrap_or_else(|| self.scan(value))
    }

    /// The number of the bucket of a finite value, if the table serves it. It serves nearly all that are observed.
    #[inline(always)]
    pub(super) fn quick(&self, value: f64) -> Option<u32> {
        let below = self.below(value);
        if below >= CROWDED {
            return None;
        }
        Some(u32::from(below) + u32::from(value > self.bounds[usize::from(below)]))
    }

    /// The number of the bucket of a value that was computed from a clock just now.
    ///
    /// Reading the time-stamp counter waits for all earlier loads, the one of the bucket's cell among them. If its
    /// address had to be computed from the duration, the next reading of the clock would wait for the whole
    /// computation. With branches the processor guesses: what is timed mostly takes about as long as last time. A
    /// timed empty function then costs what the same costs written by hand, see `timed_fn` in `benches/RESULTS.md`.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "at most MOST bounds")]
    pub(super) fn guess(&self, value: f64) -> u32 {
        // What is timed is mostly short. Behind the bounds come infinities.
        if value <= self.bounds[0] {
            return 0;
        }
        let bounds = &self.bounds[..usize::from(self.len) & MOST];
        let mut bucket = 0;
        while bucket < bounds.len() && value > bounds[bucket] {
            bucket += 1;
        }
        bucket as u32
    }

    #[expect(clippy::cast_possible_truncation, reason = "at most MOST bounds")]
    fn scan(&self, value: f64) -> u32 {
        let bounds = &self.bounds[..usize::from(self.len)];
        // Where bounds are dense, the next few are compared without a branch, as nobody can guess how that ends.
        let mut bucket = usize::from(self.below(value) % CROWDED);
        for _ in 0..AT_ONCE {
            bucket += usize::from(bounds.get(bucket).is_some_and(|&bound| value > bound));
        }
        match bounds.get(bucket) {
            Some(&bound) if value > bound => bounds.partition_point(|&bound| bound < value) as u32,
            _ => bucket as u32,
        }
    }
}
