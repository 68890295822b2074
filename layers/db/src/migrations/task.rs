//! The task that queries the database.

use tokio::task::AbortHandle;

/// Keeps the gauges fresh until it is dropped.
#[derive(Debug)]
#[must_use = "dropping it ends the task at once; `forget` lets it run for ever"]
pub struct MigrationsTask {
    task: Option<AbortHandle>,
}

impl MigrationsTask {
    pub(super) fn new(task: AbortHandle) -> Self {
        Self { task: Some(task) }
    }

    /// Lets the task run as long as the runtime does.
    pub fn forget(mut self) {
        self.task = None;
    }
}

impl Drop for MigrationsTask {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}
