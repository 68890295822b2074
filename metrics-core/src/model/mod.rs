//! Structs under `#[derive(ModelMetrics)]`: rows inserted, updated and deleted.

mod families;
mod site;

pub use site::{Model, ModelMeta, ModelSite};

pub(crate) use families::ENTRIES;
pub use families::ModelRows;
