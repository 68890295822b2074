//! Functions under `#[job]`, and jobs that layers see: when they ran and succeeded last, how often they ran, how that ended and how long it took.

mod external;
mod families;
mod run;
mod site;

pub use external::ExternalJob;
pub use families::job_queue_depth;
pub use run::{JobCreation, JobRun};
pub use site::{JobMeta, JobSite};

pub(crate) use families::declare_if_used;
