//! # Is my `quick_cache` worth its memory?
//!
//! For [`quick_cache`] 0.7: the hits, misses, loads, evictions, size and latency of `quick_cache::sync`, from an
//! [`InstrumentedCache`] that is built instead of its `Cache`:
//!
//! ```toml
//! [dependencies]
//! tallymark = "0.1"
//! tallymark-quick-cache = "0.1"
//! ```
//!
//! ```rust
//! use tallymark_quick_cache::{BuildError, Cache, InstrumentedCache};
//!
//! fn main() -> Result<(), BuildError> {
//!     let thumbnails = InstrumentedCache::new(Cache::builder("thumbnails"), 1_000)?;
//!     thumbnails.insert("a.png", vec![1_u8]);
//!     assert_eq!(thumbnails.get("a.png"), Some(vec![1]));
//!     assert_eq!(thumbnails.get_or_insert_with(&"b.png", || Ok::<_, String>(vec![2])), Ok(vec![2]));
//!
//!     let snapshot = tallymark::registry::snapshot();
//!     let gets = |result| {
//!         let labels = [("cache", "thumbnails"), ("backend", "quick_cache"), ("result", result)];
//!         snapshot.counter("cache_gets_total", &labels)
//!     };
//!     assert_eq!((gets("hit"), gets("miss")), (Some(1), Some(1)));
//!     Ok(())
//! }
//! ```
//!
//! # What is measured?
//!
//! The families of [`tallymark_cache`](tallymark_cache#what-is-measured): `cache_gets_total`, `cache_sets_total`,
//! `cache_deletes_total`, `cache_other_operations_total`, `cache_evictions_total`, `cache_operation_duration_seconds` in
//! seconds and `cache_entries`, all with the labels `cache`, the name you give, and `backend`, which is `quick_cache`
//! unless you choose another.
//!
//! # What counts as what?
//!
//! | method | lookup | besides |
//! |---|---|---|
//! | `get`, `try_get` | hit or miss; `cancelled` if the lock was taken | |
//! | `get_or_insert_with`, `get_or_insert_async` | a miss if this call's loader ran, else a hit | a set if a value was loaded |
//! | `get_value_or_guard`, `…_async`, `entry`, `entry_async` | a miss if it returns a guard, `cancelled` if it timed out, else a hit | a delete if `entry` removes |
//! | `insert`, `try_insert`, `replace` | | a set, `unchanged` if key and value were returned |
//! | `remove`, `try_remove`, `remove_if` | | a delete, `unchanged` if nothing was removed |
//! | `retain`, `clear`, `drain`, `set_capacity` | | an `other` operation |
//!
//! Entries that are removed to make room are evictions with `cause="size"`, and so are those too large to get in. A
//! [`Lifecycle`](quick_cache::Lifecycle) of your own is called as before: [`CountingLifecycle`] passes every call on.
//!
//! # Errors
//!
//! Building returns a [`BuildError`] if a name breaks a rule or is taken by another declaration. The errors of loaders
//! come back as they are.
//!
//! # Limits
//!
//! - A value that is stored through a guard is not seen as a set.
//! - A call that waits for the loader of another call is a hit: it did not load.
//! - `cache_entries` takes each shard's lock for reading, one after the other, at a scrape.
//! - `peek`, `contains_key` and `iter` are not lookups and not counted.
//! - Caches that were built elsewhere cannot be wrapped with their evictions counted: the lifecycle is part of their
//!   type. Put a [`CountingLifecycle`] around yours there, and a [`Cache`] around the calls.
//! - `quick_cache::unsync`, whose lookups return references, has no wrapper: put a [`Cache`] around the calls.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod cache;
mod lifecycle;
mod lookups;
mod writes;

pub use cache::InstrumentedCache;
pub use lifecycle::CountingLifecycle;
#[doc(no_inline)]
pub use tallymark_cache::{BuildError, Cache, CacheBuilder, Evictions, Naming};
