//! [`moka`]: caches in memory, for threads ([`SyncCache`]) and for tasks ([`FutureCache`]).
//!
//! # How do I measure a moka cache?
//!
//! Hand over its builder instead of calling `build`:
//!
//! ```
//! use tallymark::cache::{Cache, moka::SyncCache};
//!
//! # fn main() -> Result<(), tallymark::cache::CacheError> {
//! let users = SyncCache::build(Cache::builder("users"), moka::sync::Cache::builder().max_capacity(10_000))?;
//! users.insert(7, "Ada".to_owned());
//! assert_eq!(users.get(&7).as_deref(), Some("Ada"));
//! assert_eq!(users.get_with(8, || "Grace".to_owned()), "Grace");
//!
//! let snapshot = tallymark::registry::snapshot();
//! let gets = |result| {
//!     snapshot.counter("cache_gets_total", &[("cache", "users"), ("backend", "moka"), ("result", result)])
//! };
//! assert_eq!((gets("hit"), gets("miss")), (Some(1), Some(1)));
//! # Ok(())
//! # }
//! ```
//!
//! The methods have the names, arguments and answers of moka's.
//!
//! # What counts as what?
//!
//! | method | lookup | besides |
//! |---|---|---|
//! | `get` | hit or miss | |
//! | `get_with`, `optionally_get_with`, `try_get_with`, `or_insert…` | a miss if this call's loader ran or there was no value in the end, else a hit | a set if a value was loaded |
//! | `and_upsert_with`, `and_compute_with`, … | hit or miss, by what the closure is given | a set or a delete, by what it answers |
//! | `insert` | | a set |
//! | `remove` | | a delete, `unchanged` if there was no value |
//! | `invalidate` | | a delete |
//! | `invalidate_all`, `invalidate_entries_if` | | an `other` operation |
//!
//! Entries that go by size are evictions with `cause="size"`, those whose time is over with `cause="expired"`. The time
//! of a lookup that ran its loader is under `operation="load"`, loading included.
//!
//! # Limits
//!
//! - Evictions are counted by an eviction listener, and moka has room for one, which it does not show. A builder that has
//!   one already would lose it: hand it to `build_with_listener` instead, and both run. [`SyncCache::wrap`] takes a
//!   cache as it is and leaves its listener alone; call [`count_eviction`] there.
//! - With a listener, moka calls it at replacements and removals as well, clones the value for it, and takes a lock for
//!   the key. [`SyncCache::wrap`] does without, if you do without evictions.
//! - A call that waits for the loader of another call is a hit: it did not load.
//! - A loader that is called by `or_insert_with_if` because the value there was not wanted is a miss.
//! - `invalidate` does not say whether there was a value, so it is always `ok`.
//! - `cache_entries` is moka's `entry_count`, which lags behind until moka's pending tasks have run.
//! - `contains_key` and `iter` are not lookups and not counted.
//! - `get_with_if`, which moka deprecates, and segmented caches are not here.

mod future;
mod future_entry;
mod shared;
mod sync;
mod sync_entry;

pub use future::FutureCache;
pub use future_entry::{FutureEntry, FutureEntryByRef};
pub use sync::SyncCache;
pub use sync_entry::{SyncEntry, SyncEntryByRef};

use super::{Cache, EvictionCause, Evictions, WriteResult};
use ::moka::{notification::RemovalCause, ops::compute::CompResult};

/// The value of the label `backend`.
const BACKEND: &str = "moka";

/// Counts an entry that moka reports to an eviction listener, if it is an eviction: replaced and removed ones are not.
///
/// ```
/// use tallymark::cache::{Cache, moka::{SyncCache, count_eviction}};
///
/// # fn main() -> Result<(), tallymark::cache::CacheError> {
/// let settings = Cache::builder("thumbnails").backend("moka");
/// let evictions = settings.clone().build()?.evictions();
/// let thumbnails = moka::sync::Cache::builder()
///     .max_capacity(100)
///     .eviction_listener(move |_, _, cause| count_eviction(evictions, cause))
///     .build_with_hasher(std::collections::hash_map::RandomState::new());
/// let thumbnails = SyncCache::wrap(settings, thumbnails)?;
/// thumbnails.insert("a.png", vec![0_u8]);
/// # Ok(())
/// # }
/// ```
pub fn count_eviction(evictions: Evictions, cause: RemovalCause) {
    match cause {
        RemovalCause::Size => evictions.count(EvictionCause::Size),
        RemovalCause::Expired => evictions.count(EvictionCause::Expired),
        RemovalCause::Explicit | RemovalCause::Replaced => {}
    }
}

/// Counts what a closure made of an entry.
fn count_computed<K, V>(cache: &Cache, result: &CompResult<K, V>) {
    match result {
        CompResult::Inserted(_) | CompResult::ReplacedWith(_) => cache.count_sets(WriteResult::Ok, 1),
        CompResult::Removed(_) => cache.count_deletes(WriteResult::Ok, 1),
        CompResult::StillNone(_) | CompResult::Unchanged(_) => {}
    }
}
