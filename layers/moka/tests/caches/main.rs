//! moka's caches are counted right, and return what they return when they are not counted.
//!
//! Each test has a cache name of its own, so that it sees no other test's counts.

#[path = "../../../cache/tests/support/counts.rs"]
mod counts;
#[cfg(feature = "future")]
mod future;
#[cfg(feature = "sync")]
mod sync;
