//! Functions under `#[timed]`: how often they were called, how that ended and how long it took.

mod calls;
mod error;
mod families;
mod guard;
mod observed;
mod outcome;
mod prepared;
mod returned;
mod scope;
mod site;

pub use error::{count_error, count_error_itself};
pub use guard::FunctionGuard;
pub use observed::{Observed, Watch, observe};
pub use prepared::{Giver, Pick, PickCopy, PickReference, Taker, handover};
pub use returned::{Returns, returns};
pub use scope::{CreationGuard, FutureGuard, Held, ScopeGuard};
pub use site::{FunctionMeta, FunctionObjective, FunctionSite};

pub(crate) use families::ENTRIES;
pub(crate) use outcome::Outcome;
