//! What does an operator need to run this program?

mod deploy;
mod diff;
mod doctor;
mod endpoint;
mod error;
mod file;
mod format;
mod grafana;
mod mixin;
mod prometheus;
mod text;
mod tree;

pub use doctor::{
    Check, ChecklistItem, Doctor, ExpositionError, FamilySeries, Finding, FindingLevel, ItemState, Report, doctor,
    parse_exposition,
};
pub use endpoint::Endpoint;
pub use error::{FileDifference, MixinError};
pub use file::GeneratedFile;
pub use mixin::Mixin;
