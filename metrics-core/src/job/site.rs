//! A job, and what the macro knows about it.

use super::named::Job;
use crate::descriptor::Place;

/// What the macro knows about a job.
#[derive(Clone, Copy, Debug)]
pub struct JobMeta {
    /// The job that a call is a run of.
    pub job: Job,
    /// Where the function is.
    pub place: Place,
}

/// One function that runs by a schedule.
#[derive(Debug)]
pub struct JobSite {
    meta: JobMeta,
}

impl JobSite {
    /// A job that has not run.
    pub const fn new(meta: JobMeta) -> Self {
        Self { meta }
    }

    /// What the macro knows about it.
    pub fn meta(&self) -> &JobMeta {
        &self.meta
    }
}
