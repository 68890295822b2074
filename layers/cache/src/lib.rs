//! # How do I see whether my cache is worth it?
//!
//! Put a [`Cache`] around the calls, or use the package that wraps the client you have:
//!
//! | client | package |
//! |---|---|
//! | `moka` 0.12 | `tallymark-moka` |
//! | `quick_cache` 0.7 | `tallymark-quick-cache` |
//! | `cached` 4, with its attributes | `tallymark-cached` |
//! | `redis` 1, blocking or asynchronous | `tallymark-redis` |
//! | `async-memcached` 0.9 | `tallymark-memcached` |
//! | `cacache` 13: files | `tallymark-cacache` |
//! | a type of your own | this one: [`CacheBackend`] and [`InstrumentedCache`] |
//! | anything else | this one: [`Cache`], around the calls |
//!
//! The wrappers have the methods of what they wrap, and return what those return: what was found comes back as it is,
//! be it an empty text or a zero, and an error comes back as an error.
//!
//! ```toml
//! [dependencies]
//! tallymark = "0.1"
//! tallymark-cache = "0.1"
//! ```
//!
//! ```rust
//! use std::collections::HashMap;
//! use tallymark_cache::{BuildError, Cache};
//!
//! fn main() -> Result<(), BuildError> {
//!     let mut sessions = HashMap::from([(7, "Ada")]);
//!     let cache = Cache::builder("sessions").backend("map").build()?;
//!
//!     assert_eq!(cache.get(|| sessions.get(&7)), Some(&"Ada"));
//!     assert_eq!(cache.get(|| sessions.get(&8)), None);
//!     cache.set(|| _ = sessions.insert(8, "Grace"));
//!
//!     // Where the value that the call returns does not say how it ended, a guard takes the result.
//!     let get = cache.start_get();
//!     if sessions.contains_key(&9) { get.hit() } else { get.miss() }
//!
//!     let snapshot = tallymark::registry::snapshot();
//!     let gets = |result| {
//!         let labels = [("cache", "sessions"), ("backend", "map"), ("result", result)];
//!         snapshot.counter("cache_gets_total", &labels)
//!     };
//!     assert_eq!((gets("hit"), gets("miss")), (Some(1), Some(2)));
//!     Ok(())
//! }
//! ```
//!
//! The share of lookups that were hits, in PromQL:
//!
//! ```text
//! sum by (cache) (rate(cache_gets_total{result="hit"}[5m]))
//!   / sum by (cache) (rate(cache_gets_total{result=~"hit|miss"}[5m]))
//! ```
//!
//! # What is measured?
//!
//! | family | labels besides `cache` and `backend` | counts |
//! |---|---|---|
//! | `cache_gets_total` | `result`: `hit` `miss` `error` `cancelled` | keys looked up |
//! | `cache_sets_total` | `result`: `ok` `unchanged` `error` `cancelled` | keys stored |
//! | `cache_deletes_total` | `result`: `ok` `unchanged` `error` `cancelled` | keys deleted |
//! | `cache_other_operations_total` | `result`: `ok` `unchanged` `error` `cancelled` | operations that are none of these |
//! | `cache_evictions_total` | `cause`: `size` `expired` | entries that the cache itself removed |
//! | `cache_operation_duration_seconds` | `operation`: `get` `load` `set` `delete` `other` `pipeline` | a histogram of seconds, one observation for each call or round trip |
//! | `cache_entries` | | a gauge: entries at the moment of the scrape, where the cache knows |
//!
//! `cache` is the name you give, `backend` the kind of cache. Keys are never labels.
//!
//! Each key counts once, however the operation ends. A panic is an error. A future that is dropped before it is ready
//! is `cancelled`, and neither a hit nor a miss; one that had found nothing and was loading is a miss, as that was
//! known by then.
//!
//! A cache that is built twice with the same name and backend counts in the same series; of its `cache_entries`, a
//! scrape shows one.
//!
//! # I come from django-prometheus. Do my dashboards go on working?
//!
//! With [`Naming::Django`], lookups are counted in `django_cache_get_total`, `django_cache_get_hits_total`,
//! `django_cache_get_misses_total` and `django_cache_get_fail_total`, by `backend`, instead of `cache_gets_total`.
//! Choose the value of the label with [`CacheBuilder::backend`]: `locmem`, `redis`. django-prometheus has no families
//! for the rest, which keeps its names.
//!
//! Two things are different, as they were mistakes: values that are false to Python (0, the empty text) are returned as
//! they are, and failures are counted whatever the backend. A lookup that is cancelled is in the first of the four only.
//!
//! # What can fail?
//!
//! [`CacheBuilder::build`] returns a [`BuildError`] if a name breaks a rule or is taken by another declaration. Counting
//! never fails.
//!
//! # What does it cost?
//!
//! Counting allocates nothing, once a cache is built, and takes no lock. For caches in memory, most of the cost is
//! reading the clock twice; [`CacheBuilder::durations`] leaves that out.
//!
//! # How do I wrap another client?
//!
//! As the packages above do, all of which is public: [`CacheBuilder::default_backend`] names the kind,
//! [`Cache::start_get`] and its like return guards that count however a call ends, [`Cache::start_load`] measures
//! lookups that load, [`Cache::evictions`] is for eviction listeners, and [`Cache::watch_entries`] shows the number of
//! entries.
//!
//! # Limits
//!
//! - What goes around a wrapper is not counted. No wrapper dereferences to what it wraps; `inner` returns it.
//! - All caches of one namespace have the same buckets of durations.
//! - As for all families, series beyond 2,000 of a family count as one whose labels are `_overflow`. A cache has four
//!   in `cache_gets_total`, so that is some 500 caches by name.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod backend;
mod builder;
mod cache;
mod entries;
mod error;
mod evictions;
mod families;
mod guard;
mod labels;
mod load;
mod meters;
mod result;

pub use backend::{CacheBackend, InstrumentedCache};
pub use builder::CacheBuilder;
pub use cache::Cache;
pub use error::BuildError;
pub use evictions::Evictions;
pub use guard::{GetGuard, WriteGuard};
pub use labels::{CacheOperation, EvictionCause, GetResult, WriteKind, WriteResult};
pub use load::LoadGuard;
pub use result::{ToGetResult, ToWriteResult};
// Settings of the builder take it.
#[doc(no_inline)]
pub use tallymark_core::Naming;
