//! What an application decides once, for all its metrics and for all layers.

mod builder;
mod environment;
mod error;
mod pattern;

pub use builder::Config;
pub(super) use environment::environment;
pub use error::ConfigError;

#[cfg(test)]
mod tests;
