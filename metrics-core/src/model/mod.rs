//! Structs under `#[derive(ModelMetrics)]`: rows inserted, updated and deleted.

mod families;
mod rows;
mod site;

pub(crate) use families::ENTRIES;
pub use families::ModelRows;
pub use site::{Model, ModelMeta, ModelOperation, ModelSite};
