//! [`cached`]: memoized functions, by stores that count.
//!
//! # How do I measure a `#[cached]` function?
//!
//! The attribute has no hooks of its own, but takes any store: give it one of these around the store it would have had.
//!
//! ```
//! use cached::{LruCache, ShardedLruCache, macros::{cached, concurrent_cached}};
//! use tallymark::cache::{Cache, cached::{MeasuredSharded, MeasuredStore}};
//!
//! #[cached(
//!     ty = "MeasuredStore<LruCache<u64, String>>",
//!     create = {
//!         let store = LruCache::builder().max_size(100).build().expect("a size above zero");
//!         MeasuredStore::new(Cache::builder("user_names"), store).expect("names that are free")
//!     }
//! )]
//! fn user_name(id: u64) -> String {
//!     format!("user {id}")
//! }
//!
//! user_name(7);
//! user_name(7);
//! let snapshot = tallymark::registry::snapshot();
//! let gets = |result| {
//!     let labels = [("cache", "user_names"), ("backend", "cached"), ("result", result)];
//!     snapshot.counter("cache_gets_total", &labels)
//! };
//! assert_eq!((gets("hit"), gets("miss")), (Some(1), Some(1)));
//! ```
//!
//! [`MeasuredStore`] is for stores that are [`Cached`](::cached::Cached), as `#[cached]` wants them, and
//! [`MeasuredSharded`] for those that are [`ConcurrentCached`](::cached::ConcurrentCached), as `#[concurrent_cached]`
//! wants them.
//!
//! # What counts as what?
//!
//! `cache_get…` is a lookup; `cache_get_or_set_with…` a lookup, and a set if it loads; `cache_set` a set;
//! `cache_remove…` and `cache_delete` a delete, `unchanged` if nothing was there; `cache_clear` and `cache_reset` an `other`
//! operation. `cache_peek…` and `cache_contains` are not counted, but `cache_get_read` is.
//!
//! The macros look up, run the function, and set: so a call whose result was not there is a miss and a set, and the
//! function's own time is not that of the cache. Put [`#[timed]`](crate::timed) on the function for that.
//!
//! # Limits
//!
//! - Stores do not say why they evict, so that all evictions have `cause="size"`. They are seen at the next set or delete,
//!   and those of a sharded store at the next scrape but one.
//! - `cache_entries` of a [`MeasuredStore`] is as of the last set or delete: the store is behind the attribute's own lock.
//! - Attribute options that need more of the store than these traits (`result_fallback`, `refresh`, and the asynchronous
//!   stores, whose traits are a feature of cached) do not work with these.
//! - `#[once]` has no store.

mod sharded;
mod store;

pub use sharded::MeasuredSharded;
pub use store::MeasuredStore;

/// The value of the label `backend`.
const BACKEND: &str = "cached";
