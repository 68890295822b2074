//! Waiting for a connection.

use super::{database::Database, opened};
use crate::{ErrorKind, Failure};
use tallymark_core::{HistogramHandle, Observe as _, Timer};

impl Database {
    /// Begins to wait for a connection.
    #[inline]
    pub fn wait(self) -> Wait {
        let timer = Some(self.observed().handles.wait.start_timer());
        Wait { database: self, timer, opened: false }
    }
}

/// A wait for a connection, made by [`Database::wait`]: the time goes to `db_pool_wait_seconds` if the connection was open
/// already, and to `db_connect_duration_seconds` if it had to be opened.
///
/// Dropped before the end, it counts nothing but a cancelled error: how long the wait would have been is not known.
#[derive(Debug)]
#[must_use = "dropped at once, it counts a wait that was cancelled"]
pub struct Wait {
    database: Database,
    /// Goes to waits unless it turns out that a connection was opened.
    timer: Option<Timer<HistogramHandle>>,
    opened: bool,
}

impl Wait {
    /// Runs a piece of the wait, such as a poll of a pool's future, and notes whether it has opened a connection.
    #[inline]
    pub fn watch<T>(&mut self, piece: impl FnOnce() -> T) -> T {
        let before = opened::count();
        let result = piece();
        self.opened |= opened::count() != before;
        result
    }

    /// Ends the wait with a connection. Returns whether it is a new one.
    #[inline]
    pub fn finish(mut self) -> bool {
        match self.timer.take() {
            Some(timer) if self.opened => {
                // What the pool did before it opened the connection is not told apart.
                self.database.observed().handles.connect.observe_elapsed(timer.elapsed_seconds());
                timer.discard();
            }
            Some(timer) => timer.observe(),
            None => {}
        }
        self.opened
    }

    /// Ends the wait without a connection, because none could be opened.
    #[cold]
    pub fn connection_failed(mut self, failure: impl Into<Failure>) {
        self.end();
        self.database.connection_failed(failure);
    }

    /// Ends the wait without a connection, because the pool was exhausted or closed.
    #[cold]
    pub fn pool_failed(mut self, failure: impl Into<Failure>) {
        // A wait in vain is a wait.
        if let Some(timer) = self.timer.take() {
            timer.observe();
        }
        self.database.pool_failed(failure);
    }

    fn end(&mut self) {
        if let Some(timer) = self.timer.take() {
            timer.discard();
        }
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        if let Some(timer) = self.timer.take() {
            timer.discard();
            self.database.pool_failed(ErrorKind::Cancelled);
        }
    }
}
