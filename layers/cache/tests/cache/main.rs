//! Caches are counted right, and answer as if they were not counted.
//!
//! Each test has a cache name of its own, so that it sees nobody else's counts.

#![cfg(feature = "cache")]

#[cfg(feature = "cached")]
mod cached;
mod counts;
mod django;
#[cfg(feature = "cacache")]
mod file;
mod guards;
#[cfg(feature = "memcached")]
mod memcached;
#[cfg(feature = "moka")]
mod moka_future;
#[cfg(feature = "moka")]
mod moka_sync;
mod own;
#[cfg(feature = "quick-cache")]
mod quick;
#[cfg(feature = "redis")]
mod redis;
