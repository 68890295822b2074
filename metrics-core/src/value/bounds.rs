//! From bounds to a table that finds the bucket of a value.

/// The most finite bounds a layout may have.
pub(super) const MOST: usize = 127;
const CELLS: usize = 256;
/// The number of the last cell, which takes all that is larger.
const LAST: u64 = 255;
const _: () = assert!(CELLS == 256 && LAST == 255);
/// A cell of the table is a quarter of an octave: the exponent and two bits of the mantissa.
const CELL_SHIFT: u32 = 50;

/// Sorted bounds, and where to begin looking among them.
///
/// A positive double's upper bits are its logarithm, near enough. They index a table that says how many bounds lie
/// below that quarter octave; what remains is to compare with the bounds inside it, nearly always one.
#[derive(Debug)]
pub(super) struct Table {
    /// The bounds, then infinities. One more than `MOST`, and a power of two.
    pub(super) bounds: [f64; MOST + 1],
    pub(super) len: u8,
    /// Bounds below each quarter octave, from that of the first bound on.
    below: [u8; CELLS],
    /// The upper bits of the first bound.
    first: u64,
    /// The least upper bits that the table does not serve. What is negative, infinite or no number has larger ones, so
    /// that one comparison finds all of them. 0 if the table serves nothing, because there are no bounds, or some that
    /// are not positive, too dense or too far apart: then a value is sought among them.
    limit: u64,
    /// The most bounds in one quarter octave.
    steps: u8,
}

/// More bounds than this in one quarter octave are too dense.
const MOST_STEPS: u8 = 3;

const fn key(value: f64) -> u64 {
    value.to_bits() >> CELL_SHIFT
}

impl Table {
    #[expect(clippy::cast_possible_truncation, reason = "at most MOST bounds and CELLS cells")]
    pub(super) const fn new(bounds: &[f64; MOST + 1], len: usize) -> Self {
        let mut table =
            Self { bounds: *bounds, len: len as u8, below: [0; CELLS], first: 0, limit: 0, steps: 0 };
        // Layouts of sizes and of numbers often begin with a bound of 0. It lies in the first cell with what is below the
        // first positive bound.
        let zeros = if len > 0 && bounds[0].to_bits() == 0 { 1 } else { 0 };
        if len == zeros || bounds[zeros] <= 0.0 {
            return table;
        }
        let first = key(bounds[zeros]);
        if key(bounds[len - 1]) - first >= LAST {
            return table;
        }
        let mut most = 1;
        let mut cell = 0;
        let mut bound = 0;
        while cell <= LAST {
            table.below[cell as usize] = bound as u8;
            let mut inside = 0;
            while bound < len && key(bounds[bound]).saturating_sub(first) == cell {
                bound += 1;
                inside += 1;
            }
            if inside > most {
                most = inside;
            }
            cell += 1;
        }
        if most <= MOST_STEPS {
            let (limit, infinity) = (first + CELLS as u64, key(f64::INFINITY));
            table.first = first;
            table.limit = if limit < infinity { limit } else { infinity };
            table.steps = most;
        }
        table
    }

    /// The number of the bucket of a value that is not NaN: how many bounds are below it.
    pub(super) fn bucket(&self, value: f64) -> u32 {
        self.quick(value).unwrap_or_else(|| self.scan(value))
    }

    /// The same for a finite value, if the table serves it. It serves nearly all that are observed.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "a cell is below CELLS, a bucket at most MOST")]
    pub(super) fn quick(&self, value: f64) -> Option<u32> {
        let key = key(value);
        if key >= self.limit {
            return None;
        }
        // All that is below the first bound is in its cell. The limit is `CELLS` above.
        let cell = key.saturating_sub(self.first) as u8;
        let mut bucket = usize::from(self.below[usize::from(cell)]) & MOST;
        bucket += usize::from(value > self.bounds[bucket]);
        if self.steps > 1 {
            bucket += usize::from(value > self.bounds[bucket & MOST]);
            if self.steps > 2 {
                bucket += usize::from(value > self.bounds[bucket & MOST]);
            }
        }
        Some(bucket as u32)
    }

    /// The same for a value that was computed from a clock just now.
    ///
    /// Reading the time-stamp counter waits for all earlier loads, the one of the bucket's cell among them. If its
    /// address had to be computed from the duration, the next reading of the clock would wait for the whole
    /// computation. With branches the processor guesses: what is timed mostly takes about as long as last time. A
    /// timed empty function then costs what the same costs written by hand, see `timed_fn` in `benches/RESULTS.md`.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "at most MOST bounds")]
    pub(super) fn guess(&self, value: f64) -> u32 {
        let bounds = &self.bounds[..usize::from(self.len)];
        let mut bucket = 0;
        while bucket < bounds.len() && value > bounds[bucket] {
            bucket += 1;
        }
        bucket as u32
    }

    #[expect(clippy::cast_possible_truncation, reason = "at most MOST bounds")]
    fn scan(&self, value: f64) -> u32 {
        self.bounds[..usize::from(self.len)].partition_point(|&bound| bound < value) as u32
    }
}
