//! Slots that a series has for as long as it lives.

use super::UNASSIGNED;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Whose some slots are now: a number that changes when they are given to another series.
///
/// It lies in memory that is never freed, as handles to series may be kept for ever.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Generation {
    now: AtomicU32,
    /// The first of the slots, which are never others.
    first: u32,
    /// Where observations are counted that are made through a handle from before.
    dropped: &'static AtomicU64,
}

impl Generation {
    pub(super) fn new(first: u32, dropped: &'static AtomicU64) -> Self {
        Self { now: AtomicU32::new(0), first, dropped }
    }

    /// The number that is valid now. What is read after that belongs to it or to a later one.
    #[inline(always)]
    pub(super) fn now(&self) -> u32 {
        self.now.load(Ordering::Acquire)
    }

    /// Whether this number is valid still.
    #[inline(always)]
    pub(super) fn is(&self, number: u32) -> bool {
        self.now.load(Ordering::Relaxed) == number
    }

    /// Whether there may be another series in these slots. Numbers do not come round: after four thousand million
    /// series, slots are left alone.
    pub(super) fn may_end(&self) -> bool {
        self.now.load(Ordering::Relaxed) < u32::MAX - 1
    }

    /// Makes all handles from before invalid. No other thread may do that at the same time.
    pub(super) fn end(&self) {
        self.now.store(self.now.load(Ordering::Relaxed) + 1, Ordering::Release);
    }

    #[inline(always)]
    pub(super) const fn first(&self) -> u32 {
        self.first
    }
}

/// The slots of one series, for as long as they are its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    first: u32,
    number: u32,
    generation: Option<&'static Generation>,
}

impl Slot {
    pub(super) const fn new(generation: &'static Generation, number: u32) -> Self {
        Self { first: generation.first(), number, generation: Some(generation) }
    }

    /// Slots that are never given to another series.
    #[inline(always)]
    pub(crate) const fn always(first: u32) -> Self {
        Self { first, number: 0, generation: None }
    }

    /// The first of them.
    #[inline(always)]
    pub(crate) const fn first(self) -> u32 {
        self.first
    }

    /// The slots so many behind these.
    #[inline(always)]
    pub(crate) const fn plus(self, offset: u32) -> Self {
        Self { first: self.first + offset, ..self }
    }

    /// Another slot that lives as long.
    #[inline(always)]
    pub(crate) const fn beside(self, first: u32) -> Self {
        Self { first, ..self }
    }

    /// The same without the mark of a series that keeps something beside its cells.
    #[inline(always)]
    pub(crate) const fn unmarked(self) -> Self {
        Self { first: super::unmarked(self.first), ..self }
    }

    /// Whether they belong to another series by now. To be asked again after every slow path before anything is added:
    /// what is added between two slow paths is never read if the answer was out of date, see
    /// [`resets`](super::resets).
    #[inline(always)]
    pub(crate) fn is_over(self) -> bool {
        match self.generation {
            Some(generation) => !generation.is(self.number),
            None => false,
        }
    }

    /// Whether they may be given to another series at all.
    #[inline(always)]
    pub(crate) const fn may_end(self) -> bool {
        self.generation.is_some()
    }

    /// Counts an observation through a handle whose series is over.
    #[cold]
    pub(crate) fn drop_one(self) {
        if let Some(generation) = self.generation {
            generation.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl From<u32> for Slot {
    fn from(first: u32) -> Self {
        debug_assert!(first != UNASSIGNED);
        Self::always(first)
    }
}
