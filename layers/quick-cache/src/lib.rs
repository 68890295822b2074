//! [`quick_cache`]: a cache in memory, as [`QuickCache`].
//!
//! # How do I measure a `quick_cache`?
//!
//! Build it here; the methods have the names, arguments and answers of [`quick_cache::sync::Cache`]:
//!
//! ```
//! use tallymark::cache::{Cache, quick::QuickCache};
//!
//! # fn main() -> Result<(), tallymark::cache::CacheError> {
//! let thumbnails = QuickCache::new(Cache::builder("thumbnails"), 1_000)?;
//! thumbnails.insert("a.png", vec![1_u8]);
//! assert_eq!(thumbnails.get("a.png"), Some(vec![1]));
//! assert_eq!(thumbnails.get_or_insert_with(&"b.png", || Ok::<_, String>(vec![2])), Ok(vec![2]));
//!
//! let snapshot = tallymark::registry::snapshot();
//! let labels = [("cache", "thumbnails"), ("backend", "quick_cache"), ("result", "miss")];
//! assert_eq!(snapshot.counter("cache_gets_total", &labels), Some(1));
//! # Ok(())
//! # }
//! ```
//!
//! # What counts as what?
//!
//! | method | lookup | besides |
//! |---|---|---|
//! | `get`, `try_get` | hit or miss; `cancelled` if the lock was taken | |
//! | `get_or_insert_with`, `get_or_insert_async` | a miss if this call's loader ran, else a hit | a set if a value was loaded |
//! | `get_value_or_guard`, `…_async`, `entry`, `entry_async` | a miss if it gives a guard, `cancelled` if it took too long, else a hit | a delete if `entry` removes |
//! | `insert`, `try_insert`, `replace` | | a set, `unchanged` if it was handed back |
//! | `remove`, `try_remove`, `remove_if` | | a delete, `unchanged` if nothing was removed |
//! | `retain`, `clear`, `drain`, `set_capacity` | | an `other` operation |
//!
//! Entries that go for want of room are evictions with `cause="size"`, and so are those too large to get in. Any
//! [`Lifecycle`](::quick_cache::Lifecycle) of your own is called as before: [`CountingLifecycle`] hands everything on.
//!
//! # Limits
//!
//! - A value that is stored through a guard is not seen as a set.
//! - A call that waits for the loader of another call is a hit: it did not load.
//! - `cache_entries` takes each shard's lock for reading, one after the other, at a scrape.
//! - `peek`, `contains_key` and `iter` are not lookups and not counted.
//! - Caches that were built elsewhere cannot be wrapped with their evictions counted: the lifecycle is part of their
//!   type. Put a [`CountingLifecycle`] around yours there, and a [`Cache`](super::Cache) around the calls.
//! - `quick_cache::unsync` has no wrapper: put a [`Cache`](super::Cache) around the calls.

mod cache;
mod lifecycle;
mod lookups;
mod writes;

pub use cache::QuickCache;
pub use lifecycle::CountingLifecycle;
