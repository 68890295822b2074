//! Stores that lock by themselves.

use super::BACKEND;
use tallymark_cache::{Cache, CacheBuilder, CacheError, EvictionCause, WriteResult, loading::Loading};
use ::cached::{ConcurrentCacheBase, ConcurrentCached};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// A store that is [`ConcurrentCached`], measured. See the [module](super) for what counts as what.
///
/// A clone is the same store.
#[derive(Debug)]
pub struct MeasuredSharded<S> {
    inner: Arc<S>,
    cache: Cache,
}

impl<S> Clone for MeasuredSharded<S> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), cache: self.cache.clone() }
    }
}

impl<S: ConcurrentCacheBase + Send + Sync + 'static> MeasuredSharded<S> {
    /// Measures a store.
    ///
    /// # Errors
    ///
    /// As [`CacheBuilder::build`] does.
    pub fn new(builder: CacheBuilder, store: S) -> Result<Self, CacheError> {
        let cache = builder.or_backend(BACKEND).build()?;
        let seen = AtomicU64::new(store.cache_evictions().unwrap_or(0));
        let evictions = cache.evictions();
        let inner = Arc::new(store);
        let counted = Arc::clone(&inner);
        cache.watch_entries(move || {
            if let Some(now) = counted.cache_evictions() {
                // Less than before after a reset. One scrape at a time asks.
                let before = seen.swap(now, Ordering::Relaxed);
                evictions.count_many(EvictionCause::Size, now.saturating_sub(before));
            }
            counted.cache_size().ok().flatten().map(|entries| entries as u64)
        });
        Ok(Self { inner, cache })
    }
}

impl<S> MeasuredSharded<S> {
    /// The store itself, for what is not to be counted.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// What it is counted as.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }
}

impl<S: ConcurrentCacheBase> ConcurrentCacheBase for MeasuredSharded<S> {
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

impl<K, V, S: ConcurrentCached<K, V>> ConcurrentCached<K, V> for MeasuredSharded<S> {
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
        self.load(|loading| self.inner.cache_get_or_set_with(k, loading.watch(f)), |_| true)
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
        self.load(|loading| self.inner.cache_try_get_or_set_with(k, loading.watch(f)), Result::is_ok)
    }
}

impl<S> MeasuredSharded<S> {
    /// A lookup that may load. If the store failed after it loaded, it was a miss that stored nothing.
    fn load<T, E>(
        &self,
        load: impl FnOnce(&mut Loading<'_>) -> Result<T, E>,
        found: impl FnOnce(&T) -> bool,
    ) -> Result<T, E> {
        let mut loading = Loading::new(&self.cache);
        let answer = load(&mut loading);
        match &answer {
            Ok(value) => loading.end(found(value)),
            Err(_) => loading.failed(),
        }
        answer
    }
}
