//! Which slots a metric has.

use super::{OFF, UNASSIGNED};
use std::sync::atomic::{AtomicU32, Ordering};

/// The number of a metric's first slot, or [`UNASSIGNED`].
///
/// What is kept is its distance from there. A metric that was never touched is then all zeros, and lies in memory that
/// the program does not even read from its file; and where something else is added, both additions are one.
#[derive(Debug)]
pub(crate) struct First(AtomicU32);

/// What is kept of a slot.
const fn distance(slot: u32) -> u32 {
    slot.wrapping_sub(UNASSIGNED)
}

impl First {
    pub(crate) const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    /// A number that is known from the start.
    pub(crate) const fn at(number: u32) -> Self {
        Self(AtomicU32::new(distance(number)))
    }

    /// The slot. Nothing but the number is to be concluded from it: cells are published by locks, words by
    /// [`word`](super::word) itself.
    #[inline(always)]
    pub(crate) fn get(&self) -> u32 {
        if OFF {
            return UNASSIGNED;
        }
        self.0.load(Ordering::Relaxed).wrapping_add(UNASSIGNED)
    }

    /// Faults the page in for writing, by writing what is there already.
    ///
    /// A page of memory that was never touched is mapped when it is read, and once more when it is written: writing
    /// first saves half of that.
    pub(super) fn prefault(&self) {
        // `Acquire`, so that nothing which the program text reads later is read before.
        let _ = self.0.compare_exchange(0, 0, Ordering::Acquire, Ordering::Acquire);
    }

    /// Sets the slot of a metric that has none. No other thread may set it at the same time.
    pub(super) fn set_exclusive(&self, slot: u32) {
        debug_assert_eq!(self.get(), UNASSIGNED);
        self.0.store(distance(slot), Ordering::Relaxed);
    }

    /// Sets the slot, unless another thread was faster. Returns the slot that is set.
    pub(super) fn set(&self, slot: u32) -> u32 {
        match self.0.compare_exchange(0, distance(slot), Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => slot,
            Err(winner) => winner.wrapping_add(UNASSIGNED),
        }
    }
}
