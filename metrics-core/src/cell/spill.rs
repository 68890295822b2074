//! Blocks that threads take turns in.
//!
//! Memory follows the processors and not the threads: once twice as many threads as there are processors have blocks of
//! their own, a further one has none. For each addition it borrows the lease of a block that is guarded by a mutex, and the
//! [window](super::window) that belongs to it. So one thread at most may write to a block at any moment, here as
//! elsewhere, and all that relies on that holds here too: how blocks grow, are read, and are set back to zero.
//!
//! Blocks are added when those that there are were busy, up to one for each processor. A thread goes on with the one that it
//! got last, so that threads which run at the same time keep out of each other's way.

use super::{
    pool::{Lease, Pool},
    sync::{AtomicUsize, Mutex, MutexGuard, lock, try_lock},
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
    /// Of a block that nobody has counted in yet there is no lease.
    lease: Mutex<Option<Lease>>,
    /// Used with the lease locked, but for what readers look at.
    window: Window,
}

// SAFETY: who holds the lock has the lease, and is to the window what the thread is to its own; others use only what is
// atomic of it.
unsafe impl Sync for Spill {}
// SAFETY: as above. The window is moved nowhere once there is a lease.
unsafe impl Send for Spill {}

impl Spill {
    #[cfg(not(loom))]
    const fn new() -> Self {
        Self { lease: Mutex::new(None), window: Window::new() }
    }

    #[cfg(loom)]
    fn new() -> Self {
        Self { lease: Mutex::new(None), window: Window::new() }
    }
}

/// All blocks that threads take turns in.
pub(super) struct Spills {
    spills: [Spill; MOST],
    /// How many of them there are. It only grows.
    used: AtomicUsize,
    /// How many there may be. Zero as long as that is not known.
    most: AtomicUsize,
}

impl Spills {
    #[cfg(not(loom))]
    pub(super) const fn new() -> Self {
        Self { spills: [const { Spill::new() }; MOST], used: AtomicUsize::new(1), most: AtomicUsize::new(0) }
    }

    #[cfg(loom)]
    pub(super) fn new() -> Self {
        Self {
            spills: std::array::from_fn(|_| Spill::new()),
            used: AtomicUsize::new(1),
            most: AtomicUsize::new(1),
        }
    }

    /// Sets how many there may be.
    pub(super) fn set_most(&self, most: usize) {
        self.most.store(most.min(MOST), Ordering::Relaxed);
    }

    /// Locks a block, the `preferred` one if it is free.
    fn take(&self, preferred: &Cell<usize>) -> (&Window, MutexGuard<'_, Option<Lease>>) {
        let spill = self.at(preferred.get());
        match try_lock(&spill.lease) {
            Some(lease) => (&spill.window, lease),
            None => self.take_other(preferred),
        }
    }

    /// Locks a block that is free, or waits for the `preferred` one if none is. Sets `preferred` to the one that it is.
    #[cold]
    fn take_other(&self, preferred: &Cell<usize>) -> (&Window, MutexGuard<'_, Option<Lease>>) {
        let used = self.used.load(Ordering::Relaxed);
        // One more than there are, if there may be one: nobody has counted there yet.
        let more = usize::from(used < self.most.load(Ordering::Relaxed));
        for place in 0..used + more {
            if let Some(lease) = try_lock(&self.at(place).lease) {
                preferred.set(place);
                self.used.fetch_max(place + 1, Ordering::Relaxed);
                return (&self.at(place).window, lease);
            }
        }
        let spill = self.at(preferred.get());
        (&spill.window, lock(&spill.lease))
    }

    fn at(&self, place: usize) -> &Spill {
        &self.spills[place % MOST]
    }

    /// Calls `count` with the window of a block until it returns `true`, and makes that block at least `len` cells long
    /// before each call but the first.
    pub(super) fn count(
        &self,
        pool: &Pool,
        preferred: &Cell<usize>,
        len: usize,
        count: &dyn Fn(&Window) -> bool,
    ) {
        let (window, mut lease) = self.take(preferred);
        // The window may be closed again before it is looked at.
        while !count(window) {
            match *lease {
                Some(lease) => pool.grow(lease, window, len),
                None => *lease = Some(pool.lease(window, len)),
            }
        }
    }
}

/// All of these blocks, while the process is copied.
#[cfg(shared_cells)]
pub(super) struct Frozen([MutexGuard<'static, Option<Lease>>; MOST]);

#[cfg(shared_cells)]
impl Spills {
    /// Keeps threads from counting in any of them until that is dropped.
    pub(super) fn freeze(&'static self) -> Frozen {
        Frozen(self.spills.each_ref().map(|spill| lock(&spill.lease)))
    }
}

#[cfg(shared_cells)]
impl Frozen {
    /// The leases of those that there are.
    pub(super) fn leases(&self) -> impl Iterator<Item = Lease> {
        self.0.iter().filter_map(|lease| **lease)
    }
}
