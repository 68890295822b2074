//! What keeps the process from being copied by `fork` while a lock is held that the child may ask for.
//!
//! Only the thread that forks is in the child. A lock that another one held would be held there for ever, and what it
//! guards would be half changed. The locks of families are many, so they are not taken one by one before the process is
//! copied: who takes one passes this gate first, which `fork` closes.

use std::{
    cell::Cell,
    ops::{Deref, DerefMut},
    sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

static GATE: RwLock<()> = RwLock::new(());

thread_local! {
    /// How often this thread is within. One that is within may go on while others wait for the process to be copied.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Keeps the process from being copied until it is dropped. Of several that a thread holds, the first is dropped last.
pub(crate) struct Within(Option<RwLockReadGuard<'static, ()>>);

/// Passes the gate.
pub(crate) fn enter() -> Within {
    let depth = DEPTH.replace(DEPTH.get() + 1);
    Within((depth == 0).then(|| GATE.read().unwrap_or_else(PoisonError::into_inner)))
}

impl Drop for Within {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
        debug_assert!(self.0.is_none() || DEPTH.get() == 0, "the first is dropped last");
    }
}

/// Waits until no other thread is within, and lets none pass until that is dropped. Nothing if this thread is within
/// itself.
pub(super) fn close() -> Option<RwLockWriteGuard<'static, ()>> {
    (DEPTH.get() == 0).then(|| GATE.write().unwrap_or_else(PoisonError::into_inner))
}

/// What a lock guards, and the right to be within.
pub(crate) struct Locked<'a, T> {
    // Given back in this order.
    guard: MutexGuard<'a, T>,
    _within: Within,
}

/// Locks what a child may ask for. A panic of another thread is nothing that concerns this one.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> Locked<'_, T> {
    let within = enter();
    Locked { guard: mutex.lock().unwrap_or_else(PoisonError::into_inner), _within: within }
}

impl<T> Deref for Locked<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<T> DerefMut for Locked<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.guard
    }
}
