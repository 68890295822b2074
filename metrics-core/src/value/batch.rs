//! Counting in a loop.

use super::counter::{Counter, CounterHandle};
use crate::label::{LabelSet, SameLabels};
use std::fmt::{self, Debug, Formatter};

/// Counts in a local variable, and adds what was counted to a counter when it is dropped, and whenever that is
/// [`BOUND`](Self::BOUND). Made by [`Counter::batch`] and [`CounterHandle::batch`].
///
/// For tight loops: an increment costs as much as that of an integer. A scrape, and [`Counter::get`], see less than was counted as long as the batch lives, by [`BOUND`](Self::BOUND)
/// at most; so do not keep one for longer than the loop. Nothing is lost on a panic or a `return`; on [`std::mem::forget`] it
/// is.
///
/// ```
/// use tallymark_core::{Counter, CounterBatch};
///
/// static BYTES_SKIPPED_TOTAL: Counter = Counter::new();
///
/// fn skip_spaces(text: &[u8]) -> usize {
///     let mut skipped = BYTES_SKIPPED_TOTAL.batch();
///     text.iter()
///         .position(|byte| {
///             let is_space = byte.is_ascii_whitespace();
///             if is_space {
///                 skipped.inc();
///             }
///             !is_space
///         })
///         .unwrap_or(text.len())
/// }
///
/// assert_eq!(skip_spaces(b"   text"), 3);
/// assert_eq!(BYTES_SKIPPED_TOTAL.get(), 3);
///
/// let mut batch = BYTES_SKIPPED_TOTAL.batch();
/// batch.inc_by(CounterBatch::BOUND - 1);
/// assert_eq!(BYTES_SKIPPED_TOTAL.get(), 3);
/// batch.inc();
/// assert_eq!(BYTES_SKIPPED_TOTAL.get(), 3 + CounterBatch::BOUND);
/// ```
#[must_use = "dropped at once, it counts nothing; bind it to a name: `let mut batch = …`"]
pub struct CounterBatch {
    handle: CounterHandle,
    /// How many more are counted here before they are added. Never zero. One subtraction so is the comparison as well.
    left: u64,
}

impl CounterBatch {
    /// How much is counted before it is added to the counter.
    pub const BOUND: u64 = 1024;

    #[inline(always)]
    const fn new(handle: CounterHandle) -> Self {
        Self { handle, left: Self::BOUND }
    }

    /// Counts one.
    #[inline(always)]
    pub fn inc(&mut self) {
        self.inc_by(1);
    }

    /// Counts `amount`.
    #[inline(always)]
    pub fn inc_by(&mut self, amount: u64) {
        let counted = Self::BOUND - self.left;
        self.left = match self.left.checked_sub(amount) {
            Some(left) if left > 0 => left,
            _ => {
                add(self.handle, counted.wrapping_add(amount));
                Self::BOUND
            }
        };
    }

    /// Adds what was counted to the counter.
    #[inline]
    pub fn flush(&mut self) {
        let counted = Self::BOUND - self.left;
        self.left = Self::BOUND;
        if counted > 0 {
            add(self.handle, counted);
        }
    }
}

/// Takes numbers and no reference, so that the compiler keeps the batch in registers.
#[cold]
#[inline(never)]
fn add(handle: CounterHandle, counted: u64) {
    handle.inc_by(counted);
}

impl Drop for CounterBatch {
    #[inline]
    fn drop(&mut self) {
        self.flush();
    }
}

impl Debug for CounterBatch {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("CounterBatch").field("counted", &(Self::BOUND - self.left)).finish_non_exhaustive()
    }
}

impl<L: LabelSet> Counter<L> {
    /// Begins to count in a loop, see [`CounterBatch`].
    #[inline]
    pub fn batch(&self) -> CounterBatch
    where
        (): SameLabels<L>,
    {
        self.handle().batch()
    }
}

impl CounterHandle {
    /// Begins to count in a loop, see [`CounterBatch`].
    #[inline]
    pub fn batch(self) -> CounterBatch {
        CounterBatch::new(self)
    }
}
