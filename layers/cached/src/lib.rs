//! # Do my memoized functions find what they cached?
//!
//! For [`cached`] 4. Its attributes have no hooks of their own, but take any store: give them one of these around the
//! store they would have had.
//!
//! ```toml
//! [dependencies]
//! cached = "4.1"
//! tallymark = "0.1"
//! tallymark-cached = "0.1"
//! ```
//!
//! ```rust
//! use cached::{LruCache, macros::cached};
//! use tallymark_cached::{Cache, InstrumentedStore};
//!
//! #[cached(
//!     ty = "InstrumentedStore<LruCache<u64, String>>",
//!     create = {
//!         let store = LruCache::builder().max_size(100).build().expect("a size above zero");
//!         InstrumentedStore::new(Cache::builder("user_names"), store).expect("names that are free")
//!     }
//! )]
//! fn user_name(id: u64) -> String {
//!     format!("user {id}")
//! }
//!
//! fn main() {
//!     assert_eq!(user_name(7), "user 7");
//!     assert_eq!(user_name(7), "user 7");
//!
//!     let snapshot = tallymark::registry::snapshot();
//!     let gets = |result| {
//!         let labels = [("cache", "user_names"), ("backend", "cached"), ("result", result)];
//!         snapshot.counter("cache_gets_total", &labels)
//!     };
//!     assert_eq!((gets("hit"), gets("miss")), (Some(1), Some(1)));
//! }
//! ```
//!
//! [`InstrumentedStore`] is for stores that are [`Cached`](cached::Cached), as `#[cached]` wants them, and
//! [`InstrumentedShardedStore`] for those that are [`ConcurrentCached`](cached::ConcurrentCached), as
//! `#[concurrent_cached]` wants them.
//!
//! # What is measured?
//!
//! The families of [`tallymark_cache`](tallymark_cache#what-is-measured): `cache_gets_total`, `cache_sets_total`,
//! `cache_deletes_total`, `cache_other_operations_total`, `cache_evictions_total`, `cache_operation_duration_seconds` in
//! seconds and `cache_entries`, all with the labels `cache`, the name you give, and `backend`, which is `cached` unless
//! you choose another.
//!
//! # What counts as what?
//!
//! `cache_get…` is a lookup; `cache_get_or_set_with…` a lookup, and a set if it loads; `cache_set` a set;
//! `cache_remove…` and `cache_delete` a delete, `unchanged` if nothing was removed; `cache_clear` and `cache_reset` an
//! `other` operation. `cache_peek…` and `cache_contains` are not counted, but `cache_get_read` is.
//!
//! The macros look up, run the function, and set: so a call whose result is not cached is a miss and a set, and the
//! function's own time is not that of the cache. Put `tallymark`'s `#[timed]` on the function for that.
//!
//! # Errors
//!
//! [`InstrumentedStore::new`] and [`InstrumentedShardedStore::new`] return a [`BuildError`] if a name breaks a rule or is
//! taken by another declaration. The errors of stores come back as they are.
//!
//! # Limits
//!
//! - Stores do not say why they evict, so all evictions have `cause="size"`. They are seen at the next set or delete, and
//!   those of a sharded store at the next scrape but one.
//! - `cache_entries` of an [`InstrumentedStore`] is as of the last set or delete: the store is behind the attribute's own
//!   lock.
//! - Attribute options that need more of the store than these traits (`result_fallback`, `refresh`, and the asynchronous
//!   stores, whose traits are a feature of cached) do not work with these.
//! - `#[once]` has no store.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod sharded;
mod store;

pub use sharded::InstrumentedShardedStore;
pub use store::InstrumentedStore;
#[doc(no_inline)]
pub use tallymark_cache::{BuildError, Cache, CacheBuilder, Naming};

/// The value of the label `backend`.
const BACKEND: &str = "cached";
