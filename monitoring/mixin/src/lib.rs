//! What does an operator need to run this program?

mod deploy;
mod diff;
mod endpoint;
mod error;
mod file;
mod format;
mod grafana;
mod mixin;
mod prometheus;
mod text;
mod tree;

pub use endpoint::Endpoint;
pub use error::{FileDifference, MixinError};
pub use file::GeneratedFile;
pub use mixin::Mixin;
