//! Collectors that are registered for a while.

use super::state::Registry;

/// Keeps a collector registered until it is dropped.
#[derive(Debug)]
#[must_use = "dropping it unregisters the collector at once; `forget` keeps it for ever"]
pub struct Registration {
    job: Option<u64>,
    registry: &'static Registry,
}

impl Registration {
    pub(super) fn new(registry: &'static Registry, job: u64) -> Self {
        Self { job: Some(job), registry }
    }

    /// Keeps the collector registered as long as the program runs.
    pub fn forget(mut self) {
        self.job = None;
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        if let Some(job) = self.job {
            self.registry.pool.remove(job);
        }
    }
}
