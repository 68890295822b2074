//! How do several processes of a service share one `/metrics`?

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(target_os = "linux")]
mod accumulator;
#[cfg(target_os = "linux")]
mod bytes;
#[cfg(target_os = "linux")]
mod directory;
#[cfg(target_os = "linux")]
mod faults;
#[cfg(target_os = "linux")]
mod file;
#[cfg(target_os = "linux")]
mod group;
#[cfg(target_os = "linux")]
mod merged;
#[cfg(target_os = "linux")]
mod outcome;
#[cfg(target_os = "linux")]
mod python;
#[cfg(target_os = "linux")]
mod reading;
#[cfg(target_os = "linux")]
mod record;
#[cfg(target_os = "linux")]
mod shape;
#[cfg(target_os = "linux")]
mod source;

mod builder;

pub use builder::{Builder, StartError, status};
pub use tallymark_core::Across;

/// What fuzzers feed. Not covered by any promise of stability.
#[cfg(target_os = "linux")]
#[doc(hidden)]
pub mod __fuzz {
    pub use crate::{python::read_bytes as python, source::read_bytes as cells};
}
