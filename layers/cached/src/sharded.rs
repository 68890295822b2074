//! Stores that lock by themselves.

use crate::BACKEND;
use cached::{ConcurrentCacheBase, ConcurrentCached};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use tallymark_cache::{BuildError, Cache, CacheBuilder, EvictionCause, LoadGuard, WriteResult};

/// A [`ConcurrentCached`] store that is measured: for `#[concurrent_cached]`.
///
/// Its methods return what the store's return. [The page of this package](crate#what-counts-as-what) says what counts as
/// what. Clones are the same store.
///
/// ```
/// use cached::{ShardedLruCache, macros::concurrent_cached};
/// use std::convert::Infallible;
/// use tallymark_cached::{Cache, InstrumentedShardedStore};
///
/// #[concurrent_cached(
///     ty = "InstrumentedShardedStore<ShardedLruCache<u64, String>>",
///     create = {
///         let store = ShardedLruCache::builder().max_size(100).build().expect("a size above zero");
///         InstrumentedShardedStore::new(Cache::builder("user_names"), store).expect("names that are free")
///     },
///     map_error = |error| error
/// )]
/// fn user_name(id: u64) -> Result<String, Infallible> {
///     Ok(format!("user {id}"))
/// }
///
/// assert_eq!(user_name(7), Ok("user 7".to_owned()));
/// ```
#[derive(Debug)]
pub struct InstrumentedShardedStore<S> {
    inner: Arc<S>,
    cache: Cache,
}

impl<S> Clone for InstrumentedShardedStore<S> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), cache: self.cache.clone() }
    }
}

impl<S: ConcurrentCacheBase + Send + Sync + 'static> InstrumentedShardedStore<S> {
    /// Wraps a store.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`CacheBuilder::build`].
    pub fn new(builder: CacheBuilder, store: S) -> Result<Self, BuildError> {
        let cache = builder.default_backend(BACKEND).build()?;
        let seen = AtomicU64::new(store.cache_evictions().unwrap_or(0));
        let evictions = cache.evictions();
        let inner = Arc::new(store);
        let counted = Arc::clone(&inner);
        cache.watch_entries(move || {
            if let Some(now) = counted.cache_evictions() {
                // The number is less than before after a reset. One scrape at a time asks.
                let before = seen.swap(now, Ordering::Relaxed);
                evictions.count_many(EvictionCause::Size, now.saturating_sub(before));
            }
            counted.cache_size().ok().flatten().map(|entries| entries as u64)
        });
        Ok(Self { inner, cache })
    }
}

impl<S> InstrumentedShardedStore<S> {
    /// Returns the store, for calls that are not to be counted.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// Returns the [`Cache`] that counts.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }
}

impl<S: ConcurrentCacheBase> ConcurrentCacheBase for InstrumentedShardedStore<S> {
    type Error = S::Error;

    fn cache_size(&self) -> Result<Option<usize>, Self::Error> {
        self.inner.cache_size()
    }

    fn cache_is_empty(&self) -> Result<Option<bool>, Self::Error> {
        self.inner.cache_is_empty()
    }

    fn cache_hits(&self) -> Option<u64> {
        self.inner.cache_hits()
    }

    fn cache_misses(&self) -> Option<u64> {
        self.inner.cache_misses()
    }

    fn cache_capacity(&self) -> Option<usize> {
        self.inner.cache_capacity()
    }

    fn cache_evictions(&self) -> Option<u64> {
        self.inner.cache_evictions()
    }
}

impl<K, V, S: ConcurrentCached<K, V>> ConcurrentCached<K, V> for InstrumentedShardedStore<S> {
    fn cache_get(&self, k: &K) -> Result<Option<V>, Self::Error> {
        self.cache.get(|| self.inner.cache_get(k))
    }

    fn cache_set(&self, k: K, v: V) -> Result<Option<V>, Self::Error> {
        let guard = self.cache.start_set();
        let old = self.inner.cache_set(k, v);
        guard.end(if old.is_ok() { WriteResult::Ok } else { WriteResult::Error });
        old
    }

    fn cache_remove(&self, k: &K) -> Result<Option<V>, Self::Error> {
        self.cache.delete(|| self.inner.cache_remove(k))
    }

    fn cache_remove_entry(&self, k: &K) -> Result<Option<(K, V)>, Self::Error> {
        self.cache.delete(|| self.inner.cache_remove_entry(k))
    }

    fn cache_delete(&self, k: &K) -> Result<bool, Self::Error> {
        self.cache.delete(|| self.inner.cache_delete(k))
    }

    fn cache_contains(&self, k: &K) -> Result<bool, Self::Error> {
        self.inner.cache_contains(k)
    }

    fn cache_clear(&self) -> Result<(), Self::Error> {
        self.cache.other(|| self.inner.cache_clear())
    }

    fn cache_reset(&self) -> Result<(), Self::Error> {
        self.cache.other(|| self.inner.cache_reset())
    }

    fn cache_reset_metrics(&self) -> Result<(), Self::Error> {
        self.inner.cache_reset_metrics()
    }

    fn cache_get_or_set_with<F: FnOnce() -> V>(&self, k: K, f: F) -> Result<V, Self::Error>
    where
        Self: Sized,
        V: Clone,
    {
        self.load(|load| self.inner.cache_get_or_set_with(k, load.watch(f)), |_| true)
    }

    fn cache_try_get_or_set_with<F: FnOnce() -> Result<V, E>, E>(
        &self,
        k: K,
        f: F,
    ) -> Result<Result<V, E>, Self::Error>
    where
        Self: Sized,
        V: Clone,
    {
        self.load(|load| self.inner.cache_try_get_or_set_with(k, load.watch(f)), Result::is_ok)
    }
}

impl<S> InstrumentedShardedStore<S> {
    /// Measures a lookup that may load. If the store fails after the loader ran, the lookup is a miss that stored nothing.
    fn load<T, E>(
        &self,
        lookup: impl FnOnce(&mut LoadGuard<'_>) -> Result<T, E>,
        found: impl FnOnce(&T) -> bool,
    ) -> Result<T, E> {
        let mut load = self.cache.start_load();
        let returned = lookup(&mut load);
        match &returned {
            Ok(value) => load.end(found(value)),
            Err(_) => load.failed(),
        }
        returned
    }
}
