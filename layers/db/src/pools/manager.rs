//! What opens connections.

use crate::{Database, Failure};
use std::{cell::Cell, fmt, ops::Deref};

thread_local! {
    /// Whether an [`ObservedPool`](super::ObservedPool) is polling on this thread. It learns of a connection that could
    /// not be opened from the pool, and counts it.
    static POLLED: Cell<bool> = const { Cell::new(false) };
}

/// Runs what a pool does on behalf of somebody who waits.
pub(super) fn polled<T>(piece: impl FnOnce() -> T) -> T {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            POLLED.set(self.0);
        }
    }
    let _restore = Restore(POLLED.replace(true));
    piece()
}

/// A pool's manager whose connections are counted when they are opened. See the [module](super).
///
/// It is a manager for the same pool as the one that it wraps.
pub struct ObservedManager<M> {
    manager: M,
    database: Database,
}

impl<M> ObservedManager<M> {
    /// Counts the connections of a manager as those of a database.
    pub fn new(database: Database, manager: M) -> Self {
        Self { manager, database }
    }

    /// The manager inside.
    pub fn into_inner(self) -> M {
        self.manager
    }

    /// Counts an attempt to connect.
    pub(super) fn counted<C, E>(&self, attempt: Result<C, E>, failure: impl Into<Failure>) -> Result<C, E> {
        match &attempt {
            Ok(_) => self.database.connection_opened(),
            Err(_) if POLLED.get() => {}
            Err(_) => self.database.connection_failed(failure),
        }
        attempt
    }
}

impl<M> Deref for ObservedManager<M> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.manager
    }
}

impl<M: fmt::Debug> fmt::Debug for ObservedManager<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObservedManager")
            .field("manager", &self.manager)
            .field("database", &self.database)
            .finish()
    }
}
