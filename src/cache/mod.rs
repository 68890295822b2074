//! Hits, misses and everything else that caches do.

mod answer;
mod backend;
mod builder;
mod entries;
mod families;
mod guard;
mod instance;
mod labels;
#[cfg(any(feature = "cached", feature = "moka", feature = "quick-cache"))]
mod loading;
mod meters;

#[cfg(feature = "cached")]
pub mod cached;
#[cfg(feature = "cacache")]
pub mod file;
#[cfg(feature = "memcached")]
pub mod memcached;
#[cfg(feature = "moka")]
pub mod moka;
#[cfg(feature = "quick-cache")]
pub mod quick;
#[cfg(feature = "redis")]
pub mod redis;

pub use answer::{Lookup, Written};
pub use backend::{CacheBackend, Measured};
pub use builder::{CacheBuilder, CacheError};
pub use guard::{GetGuard, WriteGuard};
pub use instance::Cache;
pub use labels::{EvictionCause, GetResult, Operation, WriteResult};
pub use meters::Evictions;
