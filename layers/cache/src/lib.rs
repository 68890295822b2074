//! Hits, misses and everything else that caches do.
//!
//! # How do I see whether my cache is worth it?
//!
//! Wrap the client you have, or put a [`Cache`] around the calls. The wrapper has the methods of what it wraps, and
//! answers what that answers: what was found comes back as it is, be it an empty text or a zero, and an error comes
//! back as an error.
//!
//! | what you use | feature | wrapper |
//! |---|---|---|
//! | `moka` | `moka` | [`moka::SyncCache`], [`moka::FutureCache`] |
//! | `quick_cache` | `quick-cache` | [`quick::QuickCache`] |
//! | `cached`, with its attributes | `cached` | [`cached::MeasuredStore`], [`cached::MeasuredSharded`] |
//! | `redis`, blocking or asynchronous | `redis` | [`redis::MeasuredConnection`] |
//! | `async-memcached` | `memcached` | [`memcached::MeasuredClient`] |
//! | `cacache`: files | `cacache` | [`file::FileCache`] |
//! | a type of your own | `cache` | [`CacheBackend`] and [`Measured`] |
//! | anything else | `cache` | [`Cache`], around the calls |
//!
//! ```
//! use std::{collections::HashMap, sync::Mutex};
//! use tallymark::cache::Cache;
//!
//! # fn main() -> Result<(), tallymark::cache::CacheError> {
//! let sessions = Mutex::new(HashMap::<u64, String>::new());
//! let cache = Cache::builder("sessions").backend("map").build()?;
//!
//! let found = cache.get(|| sessions.lock().ok()?.get(&7).cloned());
//! assert_eq!(found, None);
//!
//! // Where the answer is not an `Option`, a guard takes the result.
//! let get = cache.start_get();
//! match sessions.lock() {
//!     Ok(sessions) if sessions.is_empty() => get.miss(),
//!     Ok(_) => get.hit(),
//!     Err(_) => get.error(),
//! }
//!
//! let labels = [("cache", "sessions"), ("backend", "map"), ("result", "miss")];
//! assert_eq!(tallymark::registry::snapshot().counter("cache_gets_total", &labels), Some(2));
//! # Ok(())
//! # }
//! ```
//!
//! The share of lookups that were hits, in PromQL:
//!
//! ```text
//! sum by (cache) (rate(cache_gets_total{result="hit"}[5m]))
//!   / sum by (cache) (rate(cache_gets_total{result=~"hit|miss"}[5m]))
//! ```
//!
//! # What is there to see?
//!
//! | family | labels besides `cache` and `backend` | counts |
//! |---|---|---|
//! | `cache_gets_total` | `result`: `hit` `miss` `error` `cancelled` | keys looked up |
//! | `cache_sets_total` | `result`: `ok` `unchanged` `error` `cancelled` | keys stored |
//! | `cache_deletes_total` | `result`, the same | keys deleted |
//! | `cache_other_operations_total` | `result`, the same | operations that are none of these |
//! | `cache_evictions_total` | `cause`: `size` `expired` | entries that the cache itself took out |
//! | `cache_operation_duration_seconds` | `operation`: `get` `load` `set` `delete` `other` `pipeline` | a histogram of seconds, one for each call or round trip |
//! | `cache_entries` | | entries at the moment of the scrape, where the cache knows |
//!
//! `cache` is the name you give, `backend` the kind of cache. Keys are never labels.
//!
//! Each key counts once, however the operation ends. What panics is an error. A future that is dropped before its answer
//! came is `cancelled`, and neither a hit nor a miss; one that had found nothing and was loading is a miss, as that was
//! known by then.
//!
//! A cache that is built twice with the same name and backend counts in the same series; of its `cache_entries`, a scrape
//! shows one.
//!
//! # I come from django-prometheus. Do my dashboards go on working?
//!
//! With [`Naming::Django`](crate::Naming::Django) a cache exports `django_cache_get_total`,
//! `django_cache_get_hits_total`, `django_cache_get_misses_total` and `django_cache_get_fail_total`, by `backend`, and
//! nothing else. Choose the value of the label with [`CacheBuilder::backend`]: `locmem`, `redis`. Two things are
//! different, as they were mistakes: values that are false to Python (0, the empty text) are given back as they are, and
//! failures are counted whatever the backend. A lookup that is cancelled is in the first of them only.
//!
//! # What does it cost?
//!
//! Counting allocates nothing, once a cache is built, and takes no lock. For caches in memory, most of the cost is
//! reading the clock twice; [`CacheBuilder::durations`] leaves that out.
//! `cargo run -p tallymark-benches --profile measure cache` measures it.
//!
//! # Limits
//!
//! Each wrapper's module has a section that says what it cannot see. For all of them:
//!
//! - What goes around the wrapper is not counted. None of them dereferences to what it wraps; `inner` gives access.
//! - All caches of one namespace have the same buckets of durations.
//! - The namespace of the whole program ([`registry::Config`](crate::registry::Config)) is not put before
//!   `cache_entries`, as no collector's families get it; [`CacheBuilder::namespace`] is.

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
