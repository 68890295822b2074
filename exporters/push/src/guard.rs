//! A push at the end of a scope.

use std::{
    fmt,
    io::{self, Write},
    process,
    sync::Arc,
};

use http::Method;

use super::{error::PushError, exchange::Settings, pending::Pending};

type Report = Box<dyn FnOnce(PushError) + Send>;

/// Pushes all metrics when it is dropped: at the end of `main`, on an early return and after a panic too.
///
/// Values are dropped in the reverse of the order in which they were made, so it comes first in `main`; then what other
/// values count when they are dropped is in the push. Dropping it blocks until the gateway has responded, for the
/// [timeout](super::Builder::timeout) at the most. `std::process::exit` and a program that is built with
/// `panic = "abort"` drop nothing, so they push nothing; nor does a signal that ends the program. A forked
/// child process inherits a copy of the guard: there, dropping it does nothing, as the group is its parent's.
///
/// An error goes to the standard error stream as one line, unless [`on_error`](Guard::on_error) takes it.
#[must_use = "dropping it pushes at once; keep it until the end, as `let _push = ..`"]
pub struct Guard {
    settings: Arc<Settings>,
    adding: bool,
    /// `None` once there is nothing left to do when it is dropped.
    report: Option<Report>,
    /// The process that was to push.
    process: u32,
}

impl Guard {
    pub(super) fn new(settings: Arc<Settings>) -> Self {
        Self {
            settings,
            adding: false,
            report: Some(Box::new(|error| print(&error))),
            process: process::id(),
        }
    }

    /// Leaves metrics in the group that this program does not have, as [`Gateway::add`](super::Gateway::add) does.
    pub fn adding(mut self) -> Self {
        self.adding = true;
        self
    }

    /// What to do with an error when it is dropped. It should not panic: the program may be about to end of a panic.
    pub fn on_error(mut self, report: impl FnOnce(PushError) + Send + 'static) -> Self {
        self.report = Some(Box::new(report));
        self
    }

    /// Pushes now instead of when it is dropped, and says how that went.
    ///
    /// # Errors
    ///
    /// See [`PushError`].
    pub fn finish(mut self) -> Result<(), PushError> {
        self.report = None;
        self.push()
    }

    /// Pushes neither now nor later.
    pub fn cancel(mut self) {
        self.report = None;
    }

    fn push(&self) -> Result<(), PushError> {
        let method = if self.adding { Method::POST } else { Method::PUT };
        Pending::new(Arc::clone(&self.settings), method).wait()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let Some(report) = self.report.take().filter(|_| self.process == process::id()) else { return };
        if let Err(error) = self.push() {
            report(error);
        }
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("url", &self.settings.target.to_string()).finish_non_exhaustive()
    }
}

/// Writes an error and what caused it to the standard error stream, in one line.
pub(super) fn print(error: &PushError) {
    let mut line = format!("tallymark: {error}");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        line.push_str(": ");
        line.push_str(&error.to_string());
        cause = error.source();
    }
    // If this fails too, there is no other place to report it.
    let _ = writeln!(io::stderr(), "{line}");
}

#[cfg(test)]
mod tests {
    /// A forked child drops a copy of the guard.
    #[test]
    fn one_of_another_process_pushes_nothing() {
        // No gateway listens there, so that a push would report an error.
        let gateway = crate::builder("http://127.0.0.1:1", "job").build().expect("a good address");
        let mut guard = gateway.on_exit().on_error(|error| panic!("it pushed: {error}"));
        guard.process = guard.process.wrapping_add(1);
        drop(guard);
    }
}
