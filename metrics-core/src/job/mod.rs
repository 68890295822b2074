//! Functions under `#[job]`, and jobs that layers see: when they ran and succeeded last, how often they ran, how that ended and how long it took.

mod families;
mod named;
mod run;
mod site;

pub use families::job_queue_depth;
pub use named::Job;
pub use run::{JobCreation, JobRun};
pub use site::{JobMeta, JobSite};

pub(crate) use families::declare_if_used;
