//! Locks without a gate: a process that counts in memory of its own leaves `fork` as it is.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a lock guards.
pub(crate) type Locked<'a, T> = MutexGuard<'a, T>;

/// Nothing.
pub(crate) struct Within;

#[inline(always)]
pub(crate) fn enter() -> Within {
    Within
}

/// Locks. A panic of another thread is nothing that concerns this one.
#[inline]
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> Locked<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
