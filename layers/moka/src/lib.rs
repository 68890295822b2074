//! # Is my moka cache worth its memory?
//!
//! For [`moka`] 0.12: its hits, misses, loads, evictions, size and latency, from [`sync::InstrumentedCache`] for threads
//! and [`future::InstrumentedCache`] for tasks. Hand over moka's builder instead of calling its `build`:
//!
//! ```toml
//! [dependencies]
//! moka = { version = "0.12", features = ["sync"] }
//! tallymark = "0.1"
//! tallymark-moka = "0.1"
//! ```
//!
//! ```rust
//! use tallymark_moka::{BuildError, Cache, sync::InstrumentedCache};
//!
//! fn main() -> Result<(), BuildError> {
//!     let moka = moka::sync::Cache::builder().max_capacity(10_000);
//!     let users = InstrumentedCache::build(Cache::builder("users"), moka)?;
//!     users.insert(7, "Ada".to_owned());
//!     assert_eq!(users.get(&7).as_deref(), Some("Ada"));
//!     assert_eq!(users.get_with(8, || "Grace".to_owned()), "Grace");
//!
//!     let snapshot = tallymark::registry::snapshot();
//!     let gets = |result| {
//!         let labels = [("cache", "users"), ("backend", "moka"), ("result", result)];
//!         snapshot.counter("cache_gets_total", &labels)
//!     };
//!     assert_eq!((gets("hit"), gets("miss")), (Some(1), Some(1)));
//!     Ok(())
//! }
//! ```
//!
//! moka's `future` feature needs the one of this package: `tallymark-moka = { version = "0.1", features = ["future"] }`.
//!
//! # What is measured?
//!
//! The families of [`tallymark_cache`](tallymark_cache#what-is-measured): `cache_gets_total`, `cache_sets_total`,
//! `cache_deletes_total`, `cache_other_operations_total`, `cache_evictions_total`, `cache_operation_duration_seconds` in
//! seconds and `cache_entries`, all with the labels `cache`, the name you give, and `backend`, which is `moka` unless
//! you choose another.
//!
//! # What counts as what?
//!
//! | method | lookup | besides |
//! |---|---|---|
//! | `get` | hit or miss | |
//! | `get_with`, `optionally_get_with`, `try_get_with`, `or_insert…` | a miss if this call's loader ran or there was no value in the end, else a hit | a set if a value was loaded |
//! | `and_upsert_with`, `and_compute_with`, … | hit or miss, by what the closure is given | a set or a delete, by what it returns |
//! | `insert` | | a set |
//! | `remove` | | a delete, `unchanged` if there was no value |
//! | `invalidate` | | a delete |
//! | `invalidate_all`, `invalidate_entries_if` | | an `other` operation |
//!
//! Entries that are removed for their size are evictions with `cause="size"`, those whose time is over with
//! `cause="expired"`. The time of a lookup that ran its loader is under `operation="load"`, loading included.
//!
//! # Errors
//!
//! Building returns a [`BuildError`] if a name breaks a rule or is taken by another declaration. The errors of loaders
//! come back as they are.
//!
//! # Limits
//!
//! - Evictions are counted by an eviction listener, and moka has room for one, which it does not show. A builder that has
//!   one already would lose it: hand the listener to `build_with_listener` instead, and both run. `wrap` takes a cache as
//!   it is and leaves its listener alone; call [`count_eviction`] in it.
//! - With a listener, moka calls it at replacements and removals as well, clones the value for it, and takes a lock for
//!   the key. `wrap` does without, if you do without evictions.
//! - A call that waits for the loader of another call is a hit: it did not load.
//! - A loader that is called by `or_insert_with_if` because the value there was not wanted is a miss.
//! - `invalidate` does not report whether there was a value, so it is always `ok`.
//! - `cache_entries` is moka's `entry_count`, which lags behind until moka's pending tasks have run.
//! - `contains_key` and `iter` are not lookups and not counted.
//! - `get_with_if`, which moka deprecates, and segmented caches have no wrapper.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(feature = "future", feature = "sync"))]
mod cache;
mod count;
#[cfg(any(feature = "future", feature = "sync"))]
mod entry;
#[cfg(feature = "future")]
pub mod future;
#[cfg(feature = "sync")]
pub mod sync;

pub use count::count_eviction;
#[doc(no_inline)]
pub use tallymark_cache::{BuildError, Cache, CacheBuilder, Evictions, Naming};
