//! Caches are counted right, and return what they return when they are not counted.
//!
//! Each test has a cache name of its own, so that it sees no other test's counts.

#[path = "../support/counts.rs"]
mod counts;
mod django;
mod entries;
mod guards;
mod own;
