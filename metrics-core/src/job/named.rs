//! A job by its name.

use std::time::Duration;

/// A job, whatever sees its runs: a function under `#[job]`, or a layer around a worker. Those of one name are one job.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    pub(super) name: &'static str,
    pub(super) overdue_after: Option<Duration>,
}

impl Job {
    /// Returns the job of this name, the value of the `job_name` label.
    pub const fn new(name: &'static str) -> Self {
        Self { name, overdue_after: None }
    }

    /// Sets how long after its last success the job is overdue.
    #[must_use]
    pub const fn overdue_after(mut self, time: Duration) -> Self {
        self.overdue_after = Some(time);
        self
    }
}
