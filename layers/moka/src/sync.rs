//! The cache for threads.

use super::{
    BACKEND, count_eviction,
    shared::shared,
    sync_entry::{SyncEntry, SyncEntryByRef},
};
use tallymark_cache::{Cache, CacheBuilder, CacheError, Written, loading::Loading};
use ::moka::{Equivalent, Policy, PredicateError, notification::RemovalCause, sync};
use std::{
    collections::hash_map::RandomState,
    fmt,
    hash::{BuildHasher, Hash},
    sync::Arc,
};

/// A [`moka::sync::Cache`](sync::Cache), measured. See the [module](super) for what counts as what.
///
/// A clone is the same cache.
pub struct SyncCache<K, V, S = RandomState> {
    inner: sync::Cache<K, V, S>,
    cache: Cache,
}

impl<K, V> SyncCache<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Builds the cache that `moka` describes, which has no eviction listener, and counts its evictions.
    ///
    /// # Errors
    ///
    /// As [`CacheBuilder::build`] does.
    pub fn build(
        builder: CacheBuilder,
        moka: sync::CacheBuilder<K, V, sync::Cache<K, V>>,
    ) -> Result<Self, CacheError> {
        Self::build_with_listener(builder, moka, |_, _, _| {})
    }

    /// Builds the cache that `moka` describes with this eviction listener, and counts its evictions.
    ///
    /// ```
    /// use std::sync::{Arc, atomic::{AtomicUsize, Ordering}};
    /// use tallymark::cache::{Cache, moka::SyncCache};
    ///
    /// # fn main() -> Result<(), tallymark::cache::CacheError> {
    /// let gone = Arc::new(AtomicUsize::new(0));
    /// let listener = {
    ///     let gone = Arc::clone(&gone);
    ///     move |_, _, _| _ = gone.fetch_add(1, Ordering::Relaxed)
    /// };
    /// let moka = moka::sync::Cache::builder().max_capacity(1);
    /// let cache = SyncCache::build_with_listener(Cache::builder("last"), moka, listener)?;
    /// cache.insert(1, 'a');
    /// cache.remove(&1);
    /// cache.run_pending_tasks();
    /// assert_eq!(gone.load(Ordering::Relaxed), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`CacheBuilder::build`] does.
    pub fn build_with_listener(
        builder: CacheBuilder,
        moka: sync::CacheBuilder<K, V, sync::Cache<K, V>>,
        listener: impl Fn(Arc<K>, V, RemovalCause) + Send + Sync + 'static,
    ) -> Result<Self, CacheError> {
        let cache = builder.or_backend(BACKEND).build()?;
        let evictions = cache.evictions();
        let inner = moka
            .eviction_listener(move |key, value, cause| {
                count_eviction(evictions, cause);
                listener(key, value, cause);
            })
            .build();
        Ok(Self::watched(cache, inner))
    }
}

impl<K, V, S> SyncCache<K, V, S>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
    S: BuildHasher + Clone + Send + Sync + 'static,
{
    /// As moka's; a lookup.
    #[inline]
    pub fn get<Q>(&self, key: &Q) -> Option<V>
    where
        Q: Equivalent<K> + Hash + ?Sized,
    {
        self.cache.get(|| self.inner.get(key))
    }

    /// As moka's; a lookup, and a set if it loads.
    #[inline]
    pub fn get_with(&self, key: K, init: impl FnOnce() -> V) -> V {
        let mut loading = Loading::new(&self.cache);
        let value = self.inner.get_with(key, loading.watch(init));
        loading.found();
        value
    }

    /// As moka's; a lookup, and a set if it loads.
    #[inline]
    pub fn get_with_by_ref<Q>(&self, key: &Q, init: impl FnOnce() -> V) -> V
    where
        Q: Equivalent<K> + ToOwned<Owned = K> + Hash + ?Sized,
    {
        let mut loading = Loading::new(&self.cache);
        let value = self.inner.get_with_by_ref(key, loading.watch(init));
        loading.found();
        value
    }

    /// As moka's; a lookup, and a set if it loads.
    #[inline]
    pub fn optionally_get_with<F>(&self, key: K, init: F) -> Option<V>
    where
        F: FnOnce() -> Option<V>,
    {
        let mut loading = Loading::new(&self.cache);
        let value = self.inner.optionally_get_with(key, loading.watch(init));
        loading.end(value.is_some());
        value
    }

    /// As moka's; a lookup, and a set if it loads.
    #[inline]
    pub fn optionally_get_with_by_ref<F, Q>(&self, key: &Q, init: F) -> Option<V>
    where
        F: FnOnce() -> Option<V>,
        Q: Equivalent<K> + ToOwned<Owned = K> + Hash + ?Sized,
    {
        let mut loading = Loading::new(&self.cache);
        let value = self.inner.optionally_get_with_by_ref(key, loading.watch(init));
        loading.end(value.is_some());
        value
    }

    /// As moka's; a lookup, and a set if it loads.
    ///
    /// # Errors
    ///
    /// Those of a loader: of this call or of the one it waited for. The lookup is a miss then.
    #[inline]
    pub fn try_get_with<F, E>(&self, key: K, init: F) -> Result<V, Arc<E>>
    where
        F: FnOnce() -> Result<V, E>,
        E: Send + Sync + 'static,
    {
        let mut loading = Loading::new(&self.cache);
        let value = self.inner.try_get_with(key, loading.watch(init));
        loading.end(value.is_ok());
        value
    }

    /// As moka's; a lookup, and a set if it loads.
    ///
    /// # Errors
    ///
    /// Those of a loader: of this call or of the one it waited for. The lookup is a miss then.
    #[inline]
    pub fn try_get_with_by_ref<F, E, Q>(&self, key: &Q, init: F) -> Result<V, Arc<E>>
    where
        F: FnOnce() -> Result<V, E>,
        E: Send + Sync + 'static,
        Q: Equivalent<K> + ToOwned<Owned = K> + Hash + ?Sized,
    {
        let mut loading = Loading::new(&self.cache);
        let value = self.inner.try_get_with_by_ref(key, loading.watch(init));
        loading.end(value.is_ok());
        value
    }

    /// As moka's; a set.
    #[inline]
    pub fn insert(&self, key: K, value: V) {
        self.cache.set(|| self.inner.insert(key, value));
    }

    /// As moka's; a delete.
    #[inline]
    pub fn invalidate<Q>(&self, key: &Q)
    where
        Q: Equivalent<K> + Hash + ?Sized,
    {
        self.cache.delete(|| self.inner.invalidate(key));
    }

    /// As moka's; a delete.
    #[inline]
    pub fn remove<Q>(&self, key: &Q) -> Option<V>
    where
        Q: Equivalent<K> + Hash + ?Sized,
    {
        self.cache.delete(|| self.inner.remove(key))
    }

    /// As moka's; not counted.
    pub fn run_pending_tasks(&self) {
        self.inner.run_pending_tasks();
    }
}

shared!(SyncCache, sync, SyncEntry, SyncEntryByRef);
