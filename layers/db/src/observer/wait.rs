//! Waiting for a connection.

use super::{database::Database, failure::ErrorKind, failure::Failure};
use std::cell::Cell;
use tallymark_core::{HistogramHandle, Observe as _, Timer};

thread_local! {
    /// How many connections were opened on this thread.
    static OPENED: Cell<u64> = const { Cell::new(0) };
}

/// A connection was opened by what this thread is polling.
pub(super) fn mark_opened() {
    let _ = OPENED.try_with(|opened| opened.set(opened.get().wrapping_add(1)));
}

fn opened() -> u64 {
    OPENED.try_with(Cell::get).unwrap_or_default()
}

/// Somebody waits for a connection: the time goes to `db_pool_wait_seconds` if the connection was open already, and to
/// `db_connect_duration_seconds` if it had to be opened.
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
    #[inline]
    pub(super) fn begin(database: Database) -> Self {
        Self { database, timer: Some(database.observed().handles.wait.start_timer()), opened: false }
    }

    /// Runs a piece of the wait, a poll of a pool's future for instance, and notes whether it has opened a connection.
    #[inline]
    pub fn watch<T>(&mut self, piece: impl FnOnce() -> T) -> T {
        let before = opened();
        let result = piece();
        self.opened |= opened() != before;
        result
    }

    /// The connection is there. Answers whether it is a new one.
    #[inline]
    pub fn done(mut self) -> bool {
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

    /// No connection could be opened.
    #[cold]
    pub fn connection_failed(mut self, failure: impl Into<Failure>) {
        self.end();
        self.database.connection_failed(failure);
    }

    /// The pool was exhausted or closed.
    #[cold]
    pub fn pool_failed(mut self, failure: impl Into<Failure>) {
        // Whoever waited in vain did wait.
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
