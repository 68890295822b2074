//! Slots that a series has for as long as it lives.

use super::{OFF, UNASSIGNED, loss::Loss};
use std::sync::atomic::{AtomicU64, Ordering};

/// Which series some slots belong to: a number that changes when they are given to another series, in the upper half of
/// a word, and the first of the slots in the lower half.
///
/// It lies in memory that is never freed, as handles to series may be kept for ever.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Generation {
    now: AtomicU64,
    /// Where observations are counted that are made through a handle from before.
    dropped: &'static AtomicU64,
}

/// The number and the first slot, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number(u64);

impl Number {
    #[inline(always)]
    const fn new(number: u32, first: u32) -> Self {
        Self((number as u64) << 32 | first as u64)
    }

    #[inline(always)]
    const fn first(self) -> u32 {
        self.0 as u32
    }

    #[inline(always)]
    const fn number(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

impl Generation {
    pub(super) fn new(first: u32, dropped: &'static AtomicU64) -> Self {
        Self { now: AtomicU64::new(Number::new(0, first).0), dropped }
    }

    /// The number that is valid now. What is read after that belongs to it or to a later one.
    #[inline(always)]
    pub(super) fn now(&self) -> Number {
        Number(self.now.load(Ordering::Acquire))
    }

    /// Whether this number is valid still.
    #[inline(always)]
    pub(super) fn is(&self, number: Number) -> bool {
        self.now.load(Ordering::Relaxed) == number.0
    }

    /// Whether there may be two other series in these slots. Numbers do not come round: after four thousand million
    /// series, slots are left alone.
    pub(super) fn may_end(&self) -> bool {
        self.now().number() < u32::MAX - 1
    }

    /// Makes all handles from before invalid. No other thread may do that at the same time.
    pub(super) fn end(&self) {
        let now = self.now();
        self.now.store(Number::new(now.number() + 1, now.first()).0, Ordering::Release);
    }

    /// The first of the slots, which are never others.
    #[inline(always)]
    pub(super) fn first(&self) -> u32 {
        self.now().first()
    }
}

/// The slots of one series, for as long as they are its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    number: Number,
    generation: Option<&'static Generation>,
}

impl Slot {
    #[inline(always)]
    pub(super) const fn new(generation: &'static Generation, number: Number) -> Self {
        Self { number, generation: Some(generation) }
    }

    /// Slots that are never given to another series.
    #[inline(always)]
    pub(crate) const fn always(first: u32) -> Self {
        Self { number: Number::new(0, first), generation: None }
    }

    /// The first of them.
    #[inline(always)]
    pub(crate) const fn first(self) -> u32 {
        self.number.first()
    }

    /// Other slots that live as long.
    #[inline(always)]
    pub(crate) const fn beside(self, first: u32) -> Self {
        Self { number: Number::new(self.number.number(), first), ..self }
    }

    /// The slots so many behind these.
    #[inline(always)]
    pub(crate) const fn plus(self, offset: u32) -> Self {
        self.beside(self.first() + offset)
    }

    /// The same without the mark of a series that keeps something beside its cells.
    #[inline(always)]
    pub(crate) const fn unmarked(self) -> Self {
        self.beside(super::unmarked(self.first()))
    }

    /// Whether they still belong to their series. To be asked of slots as they were obtained: of those that
    /// [`beside`](Self::beside) returns it is never true.
    ///
    /// To be asked again after every slow path before anything is added: what is added between two slow paths is never
    /// read if what this returned was out of date, see [`resets`](super::resets).
    #[inline(always)]
    pub(crate) fn is_alive(self) -> bool {
        match self.generation {
            Some(generation) if !OFF => generation.is(self.number),
            _ => true,
        }
    }

    /// Whether they belong to another series by now, asked of any.
    #[inline(always)]
    pub(crate) fn is_over(self) -> bool {
        match self.generation {
            Some(generation) => {
                Number(generation.now.load(Ordering::Relaxed)).number() != self.number.number()
            }
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
            Loss::Series.note();
        }
    }
}

impl From<u32> for Slot {
    fn from(first: u32) -> Self {
        debug_assert!(first != UNASSIGNED);
        Self::always(first)
    }
}
