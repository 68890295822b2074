//! Where a thread counts.

use super::{
    barrier,
    sync::{AtomicU64, AtomicUsize},
};
use std::{cell::Cell, ptr::NonNull, sync::atomic::Ordering};

/// A thread's view of the block that it has leased: closed before the first and after the last increment, and while a
/// reader needs all threads to pause. A closed window sends increments to the slow path, which takes the pool's lock.
///
/// It has no destructor, so that reaching it is one instruction.
pub(super) struct Window {
    /// Only meant for the thread itself.
    cells: Cell<NonNull<AtomicU64>>,
    /// How many cells may be written to. Readers set it, too, with the pool's lock held.
    len: AtomicUsize,
    /// Whether the thread is about to get a block, or a longer one.
    extending: Cell<bool>,
    /// Whether the thread has a block, so that others find this window.
    leased: Cell<bool>,
    /// Whether the thread takes turns with others in a block, and in which one it does.
    spilled: Cell<bool>,
    spill: Cell<usize>,
    /// One more than the number of the shared word that this thread may be about to write to, or zero. Others read it with
    /// the pool's lock held.
    writing: AtomicUsize,
}

impl Window {
    #[cfg(not(loom))]
    pub(super) const fn new() -> Self {
        Self {
            cells: Cell::new(NonNull::dangling()),
            len: AtomicUsize::new(0),
            extending: Cell::new(false),
            leased: Cell::new(false),
            spilled: Cell::new(false),
            spill: Cell::new(0),
            writing: AtomicUsize::new(0),
        }
    }

    #[cfg(loom)]
    pub(super) fn new() -> Self {
        Self {
            cells: Cell::new(NonNull::dangling()),
            len: AtomicUsize::new(0),
            extending: Cell::new(false),
            leased: Cell::new(false),
            spilled: Cell::new(false),
            spill: Cell::new(0),
            writing: AtomicUsize::new(0),
        }
    }

    /// How many cells there are to write to.
    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.len.load(Ordering::Relaxed)
    }

    /// The first cell. Only the thread whose window it is may ask.
    #[inline(always)]
    pub(super) fn cells(&self) -> NonNull<AtomicU64> {
        self.cells.get()
    }

    /// Shows other cells. Only the thread whose window it is may do that, with the pool's lock held.
    pub(super) fn show(&self, cells: NonNull<AtomicU64>, len: usize) {
        self.cells.set(cells);
        self.len.store(len, Ordering::Relaxed);
    }

    /// Whether the thread has a block, so that others find this window.
    #[cfg(not(loom))]
    #[inline(always)]
    pub(super) fn is_leased(&self) -> bool {
        self.leased.get()
    }

    /// Notes whether the thread has a block.
    pub(super) fn set_leased(&self, leased: bool) {
        self.leased.set(leased);
    }

    /// Whether the thread has no block of its own, and is to get none while there is no room.
    #[cfg(not(loom))]
    pub(super) fn is_spilled(&self) -> bool {
        self.spilled.get()
    }

    /// Notes whether the thread has no block of its own.
    #[cfg(not(loom))]
    pub(super) fn set_spilled(&self, spilled: bool) {
        self.spilled.set(spilled);
    }

    /// Which of the blocks that threads take turns in this one got last.
    pub(super) fn spill(&self) -> &Cell<usize> {
        &self.spill
    }

    /// Says which word the thread may be about to write to, by its number and one more, or that it is done. What is read
    /// behind this is read after others could see it.
    #[inline(always)]
    pub(super) fn announce(&self, word: usize) {
        if word == 0 {
            self.writing.store(0, Ordering::Release);
        } else {
            self.writing.store(word, Ordering::Relaxed);
            barrier::light();
        }
    }

    /// What the thread has announced.
    pub(super) fn announced(&self) -> usize {
        self.writing.load(Ordering::Acquire)
    }

    /// Closes the window, or opens it again. To be called with the pool's lock held.
    pub(super) fn set_len(&self, len: usize) {
        self.len.store(len, Ordering::Relaxed);
    }

    /// Notes that a block is about to be obtained. Returns whether it was noted before.
    #[cfg(not(loom))]
    pub(super) fn set_extending(&self, extending: bool) -> bool {
        self.extending.replace(extending)
    }
}
