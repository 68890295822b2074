//! Connections that a pool opens.

use crate::{Database, Failure};
use std::cell::Cell;

thread_local! {
    /// Whether somebody waits on this thread for what a pool does. They learn of a connection that could not be opened from
    /// the pool, and count it.
    static IS_AWAITED: Cell<bool> = const { Cell::new(false) };
}

/// Runs what a pool does on behalf of somebody who waits.
pub(super) fn awaited<T>(piece: impl FnOnce() -> T) -> T {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            IS_AWAITED.set(self.0);
        }
    }
    let _restore = Restore(IS_AWAITED.replace(true));
    piece()
}

/// Counts an attempt of a pool's manager to connect, and returns it.
///
/// # Errors
///
/// That of the attempt.
pub fn count_attempt<C, E>(
    database: Database,
    attempt: Result<C, E>,
    failure: impl Into<Failure>,
) -> Result<C, E> {
    match &attempt {
        Ok(_) => database.connection_opened(),
        Err(_) if IS_AWAITED.get() => {}
        Err(_) => database.connection_failed(failure),
    }
    attempt
}
