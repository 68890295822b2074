//! A run in progress, and the code that it consists of.

use tallymark_core::__private_v4::{JobRun, Watch as _};

/// A run, until it has ended. Dropped before that, it was cancelled.
#[derive(Debug)]
pub(crate) struct Running(Option<JobRun>);

/// Counts a panic if it is dropped, which only unwinding does.
struct Unwinding<'a>(&'a mut Running);

impl Running {
    pub(crate) fn new(run: JobRun) -> Self {
        Self(Some(run))
    }

    /// Runs code of the task. If that panics, it is the end of the run.
    pub(crate) fn run<T>(&mut self, code: impl FnOnce() -> T) -> T {
        let unwinding = Unwinding(self);
        let value = code();
        std::mem::forget(unwinding);
        value
    }

    /// Returns the run, unless it has ended.
    pub(crate) fn end(&mut self) -> Option<JobRun> {
        self.0.take()
    }
}

impl Drop for Unwinding<'_> {
    fn drop(&mut self) {
        if let Some(run) = self.0.end() {
            run.panicked();
        }
    }
}
