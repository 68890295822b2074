//! Jobs whose runs something else than an attribute sees: a layer around a worker.

use super::{families, run::JobRun};

/// A job of which a layer sees the runs.
#[derive(Clone, Copy, Debug)]
pub struct ExternalJob {
    name: &'static str,
}

impl ExternalJob {
    /// Shows a job at zero. Those of one name, functions included, are one job.
    pub fn new(name: &'static str) -> Self {
        families::show(name);
        Self { name }
    }

    /// Begins a run. Dropped before it is finished, it was cancelled.
    pub fn begin(self) -> JobRun {
        JobRun::begin(self.name)
    }
}
