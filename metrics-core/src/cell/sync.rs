//! The primitives of the pool, swapped for their modelled twins under loom.

#[cfg(loom)]
pub(super) use loom::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicU64, AtomicUsize, fence},
};

#[cfg(not(loom))]
pub(super) use std::{
    hint::spin_loop,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicU64, AtomicUsize, fence},
    },
};

/// Lets others run, for longer and longer: what is waited for is done in no time unless the thread that does it has no
/// processor. It gets one in the end, whatever the two threads' priorities are.
#[cfg(not(loom))]
pub(super) fn pass_time(rounds: u32) {
    match rounds {
        0..32 => spin_loop(),
        32..64 => std::thread::yield_now(),
        _ => std::thread::sleep(std::time::Duration::from_micros(50)),
    }
}

#[cfg(loom)]
pub(super) fn pass_time(_: u32) {
    loom::thread::yield_now();
}

/// Locks, whether or not an earlier holder panicked: the pool's state is consistent after every single step.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
