//! Structs under `#[derive(ModelMetrics)]`: rows inserted, updated and deleted.

mod families;
mod site;
#[cfg(not(debug_assertions))]
mod unwatched;
#[cfg(debug_assertions)]
mod watched;

pub use site::{Model, ModelMeta, ModelSite, Operation};
#[cfg(not(debug_assertions))]
pub use unwatched::ModelOp;
#[cfg(debug_assertions)]
pub use watched::ModelOp;

pub(crate) use families::ENTRIES;
pub use families::ModelRows;
#[cfg(not(debug_assertions))]
use unwatched::seen;
#[cfg(debug_assertions)]
pub(crate) use watched::CountedTwice;
#[cfg(debug_assertions)]
use watched::seen;
