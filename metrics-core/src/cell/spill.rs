//! Blocks that threads take turns in.
//!
//! Memory follows the processors and not the threads: once twice as many threads as there are processors have blocks of
//! their own, a further one has none. For each addition it borrows the lease of a block that others borrow as well, and the
//! [window](super::window) that belongs to it. So one thread at most may write to a block at any moment, here as
//! elsewhere, and all that relies on that holds here too: how blocks grow, are read, and are set back to zero.
//!
//! Blocks are added when those that there are were busy, up to one for each processor. A thread goes on with the one that it
//! got last, so that threads which run at the same time keep out of each other's way.
//!
//! A turn is an exchange before the addition and a plain store after it, where a mutex would exchange twice: that is most of what
//! the addition costs. Nobody is woken, so a thread that finds all blocks busy looks again after a while. It takes a thread
//! that lost its processor in the middle of an addition for that to happen.

use super::{
    pool::{Lease, Pool},
    sync::{AtomicUsize, pass_time},
    window::Window,
};
use std::{cell::Cell, sync::atomic::Ordering};

/// The most blocks of this kind.
pub(super) const MOST: usize = if cfg!(loom) { 2 } else { 32 };

/// A block that threads take turns in, or the place for one.
///
/// Aligned so that two of them share no cache line, nor the pair of lines that x86 prefetches together.
#[repr(align(128))]
struct Spill {
    /// One while it is a thread's turn.
    busy: AtomicUsize,
    /// None as long as nobody has counted there. Used by the thread whose turn it is.
    lease: Cell<Option<Lease>>,
    /// Used by the thread whose turn it is, but for what readers look at.
    window: Window,
}

// SAFETY: the thread whose turn it is has the lease, and is to the window what any thread is to its own; others use only what
// is atomic of it.
unsafe impl Sync for Spill {}
// SAFETY: as above. The window is moved nowhere once there is a lease.
unsafe impl Send for Spill {}

impl Spill {
    #[cfg(not(loom))]
    const fn new() -> Self {
        Self { busy: AtomicUsize::new(0), lease: Cell::new(None), window: Window::new() }
    }

    #[cfg(loom)]
    fn new() -> Self {
        Self { busy: AtomicUsize::new(0), lease: Cell::new(None), window: Window::new() }
    }

    /// Takes a turn, if it is nobody's.
    #[inline]
    fn try_take(&self) -> Option<Turn<'_>> {
        // What the one before did happens before this.
        let taken = self.busy.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed);
        taken.is_ok().then(|| Turn(self))
    }
}

/// A thread's turn, until it is dropped.
struct Turn<'a>(&'a Spill);

impl Drop for Turn<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.busy.store(0, Ordering::Release);
    }
}

/// All blocks that threads take turns in.
pub(super) struct Spills {
    places: [Spill; MOST],
    /// How many of them there are. It only grows.
    used: AtomicUsize,
    /// How many there may be, as far as that is known.
    most: AtomicUsize,
}

impl Spills {
    #[cfg(not(loom))]
    pub(super) const fn new() -> Self {
        Self { places: [const { Spill::new() }; MOST], used: AtomicUsize::new(1), most: AtomicUsize::new(1) }
    }

    #[cfg(loom)]
    pub(super) fn new() -> Self {
        Self {
            places: std::array::from_fn(|_| Spill::new()),
            used: AtomicUsize::new(1),
            most: AtomicUsize::new(1),
        }
    }

    /// Sets how many there may be.
    pub(super) fn set_most(&self, most: usize) {
        self.most.store(most.min(MOST), Ordering::Relaxed);
    }

    #[inline]
    fn at(&self, place: usize) -> &Spill {
        &self.places[place % MOST]
    }

    /// Takes a turn in a block, the `preferred` one if nobody is there.
    #[inline]
    fn take(&self, preferred: &Cell<usize>) -> Turn<'_> {
        match self.at(preferred.get()).try_take() {
            Some(turn) => turn,
            None => self.take_other(preferred),
        }
    }

    /// Takes a turn in the next block where it is nobody's, and sets `preferred` to that.
    ///
    /// It begins behind the preferred one, so that of two threads that meet one moves on.
    #[cold]
    fn take_other(&self, preferred: &Cell<usize>) -> Turn<'_> {
        let mut rounds = 0;
        loop {
            let used = self.used.load(Ordering::Relaxed);
            // One more than there are, if there may be one: nobody has counted there yet.
            let there = used + usize::from(used < self.most.load(Ordering::Relaxed));
            for distance in 1..=there {
                let place = (preferred.get() + distance) % there;
                if let Some(turn) = self.at(place).try_take() {
                    preferred.set(place);
                    self.used.fetch_max(place + 1, Ordering::Relaxed);
                    return turn;
                }
            }
            pass_time(rounds);
            rounds += 1;
        }
    }

    /// Counts on behalf of a thread that has no block of its own, whose window is `own`: calls `count` with the window of a
    /// block until it returns `true`, and makes that block at least `len` cells long before each call but the first.
    #[inline]
    pub(super) fn count(&self, pool: &Pool, own: &Window, len: usize, count: &dyn Fn(&Window) -> bool) {
        let turn = self.take(own.spill());
        let Spill { lease, window, .. } = turn.0;
        // The window may be closed again before it is looked at.
        while !count(window) {
            extend(pool, lease, window, len);
        }
    }
}

/// Makes the block of a turn so long, and its window open.
#[cold]
fn extend(pool: &Pool, lease: &Cell<Option<Lease>>, window: &Window, len: usize) {
    match lease.get() {
        Some(lease) => pool.grow(lease, window, len),
        None => lease.set(Some(pool.lease(window, len))),
    }
}

/// A turn in each of these blocks, while the process is copied.
#[cfg(shared_cells)]
pub(super) struct Frozen([Turn<'static>; MOST]);

#[cfg(shared_cells)]
impl Spills {
    /// Keeps threads from counting in any of them until that is dropped.
    pub(super) fn freeze(&'static self) -> Frozen {
        Frozen(self.places.each_ref().map(|spill| {
            let mut rounds = 0;
            loop {
                if let Some(turn) = spill.try_take() {
                    break turn;
                }
                pass_time(rounds);
                rounds += 1;
            }
        }))
    }
}

#[cfg(shared_cells)]
impl Frozen {
    /// Whether it is the lease of one of them.
    pub(super) fn have(&self, lease: Lease) -> bool {
        self.0.iter().any(|Turn(spill)| spill.lease.get() == Some(lease))
    }
}
