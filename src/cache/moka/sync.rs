//! The cache for threads.

use super::{
    BACKEND, count_eviction,
    sync_entry::{SyncEntry, SyncEntryByRef},
};
use crate::cache::{Cache, CacheBuilder, CacheError, Written, loading::Loading};
use ::moka::{
    Equivalent, Policy, PredicateError,
    notification::RemovalCause,
    sync::{self, Iter, PredicateId},
};
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

impl<K, V, S> Clone for SyncCache<K, V, S> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), cache: self.cache.clone() }
    }
}

impl<K, V, S> fmt::Debug for SyncCache<K, V, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncCache").field("cache", &self.cache).finish_non_exhaustive()
    }
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
    /// Measures a cache that is there already, all but its evictions.
    ///
    /// # Errors
    ///
    /// As [`CacheBuilder::build`] does.
    pub fn wrap(builder: CacheBuilder, inner: sync::Cache<K, V, S>) -> Result<Self, CacheError> {
        Ok(Self::watched(builder.or_backend(BACKEND).build()?, inner))
    }

    fn watched(cache: Cache, inner: sync::Cache<K, V, S>) -> Self {
        let counted = inner.clone();
        cache.watch_entries(move || Some(counted.entry_count()));
        Self { inner, cache }
    }

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

    /// As moka's; what is done with the entry is counted.
    pub fn entry(&self, key: K) -> SyncEntry<'_, K, V, S> {
        SyncEntry::new(&self.cache, self.inner.entry(key))
    }

    /// As moka's; what is done with the entry is counted.
    pub fn entry_by_ref<'a, Q>(&'a self, key: &'a Q) -> SyncEntryByRef<'a, K, Q, V, S>
    where
        Q: Equivalent<K> + ToOwned<Owned = K> + Hash + ?Sized,
    {
        SyncEntryByRef::new(&self.cache, self.inner.entry_by_ref(key))
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

    /// As moka's; an `other` operation.
    pub fn invalidate_all(&self) {
        self.cache.other(|| self.inner.invalidate_all());
    }

    /// As moka's; an `other` operation.
    ///
    /// # Errors
    ///
    /// If the cache was built without support for invalidation closures.
    pub fn invalidate_entries_if<F>(&self, predicate: F) -> Result<PredicateId, PredicateError>
    where
        F: Fn(&K, &V) -> bool + Send + Sync + 'static,
    {
        let guard = self.cache.start_other();
        let id = self.inner.invalidate_entries_if(predicate);
        guard.end(id.as_ref().map(drop).write_result());
        id
    }

    /// As moka's; not counted.
    pub fn contains_key<Q>(&self, key: &Q) -> bool
    where
        Q: Equivalent<K> + Hash + ?Sized,
    {
        self.inner.contains_key(key)
    }

    /// As moka's; not counted.
    pub fn iter(&self) -> Iter<'_, K, V> {
        self.inner.iter()
    }

    /// As moka's; not counted.
    pub fn run_pending_tasks(&self) {
        self.inner.run_pending_tasks();
    }
}

impl<K, V, S> SyncCache<K, V, S> {
    /// As moka's; the label `cache` is [`Cache::name`].
    pub fn name(&self) -> Option<&str> {
        self.inner.name()
    }

    /// As moka's.
    pub fn policy(&self) -> Policy {
        self.inner.policy()
    }

    /// As moka's.
    pub fn entry_count(&self) -> u64 {
        self.inner.entry_count()
    }

    /// As moka's.
    pub fn weighted_size(&self) -> u64 {
        self.inner.weighted_size()
    }

    /// The cache itself, for what is not to be counted.
    pub fn inner(&self) -> &sync::Cache<K, V, S> {
        &self.inner
    }

    /// What it is counted as.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }
}

impl<'a, K, V, S> IntoIterator for &'a SyncCache<K, V, S>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
    S: BuildHasher + Clone + Send + Sync + 'static,
{
    type Item = (Arc<K>, V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
