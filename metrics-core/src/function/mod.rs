//! Functions under `#[timed]`: how often they were called, how that ended and how long it took.

mod calls;
mod error;
mod families;
mod observed;
mod site;

pub use calls::FunctionGuard;
pub use observed::{Observed, Watch, observe};
pub use site::{FunctionMeta, FunctionSite};

pub(crate) use families::ENTRIES;
