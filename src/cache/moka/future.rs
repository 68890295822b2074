//! The cache for tasks.

use super::{
    BACKEND, count_eviction,
    future_entry::{FutureEntry, FutureEntryByRef},
};
use crate::cache::{Cache, CacheBuilder, CacheError, Written, loading::Loading};
use ::moka::{
    Equivalent, Policy, PredicateError,
    future::{self, Iter, PredicateId},
    notification::{ListenerFuture, RemovalCause},
};
use std::{
    collections::hash_map::RandomState,
    fmt,
    hash::{BuildHasher, Hash},
    sync::Arc,
};

/// A [`moka::future::Cache`](future::Cache), measured. See the [module](super) for what counts as what.
///
/// A clone is the same cache.
pub struct FutureCache<K, V, S = RandomState> {
    inner: future::Cache<K, V, S>,
    cache: Cache,
}

impl<K, V, S> Clone for FutureCache<K, V, S> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), cache: self.cache.clone() }
    }
}

impl<K, V, S> fmt::Debug for FutureCache<K, V, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FutureCache").field("cache", &self.cache).finish_non_exhaustive()
    }
}

impl<K, V> FutureCache<K, V>
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
        moka: future::CacheBuilder<K, V, future::Cache<K, V>>,
    ) -> Result<Self, CacheError> {
        Self::build_with_listener(builder, moka, |_, _, _| {})
    }

    /// Builds the cache that `moka` describes with this eviction listener, and counts its evictions.
    ///
    /// # Errors
    ///
    /// As [`CacheBuilder::build`] does.
    pub fn build_with_listener(
        builder: CacheBuilder,
        moka: future::CacheBuilder<K, V, future::Cache<K, V>>,
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

    /// Builds the cache that `moka` describes with this asynchronous eviction listener, and counts its evictions.
    ///
    /// # Errors
    ///
    /// As [`CacheBuilder::build`] does.
    pub fn build_with_async_listener(
        builder: CacheBuilder,
        moka: future::CacheBuilder<K, V, future::Cache<K, V>>,
        listener: impl Fn(Arc<K>, V, RemovalCause) -> ListenerFuture + Send + Sync + 'static,
    ) -> Result<Self, CacheError> {
        let cache = builder.or_backend(BACKEND).build()?;
        let evictions = cache.evictions();
        let inner = moka
            .async_eviction_listener(move |key, value, cause| {
                count_eviction(evictions, cause);
                listener(key, value, cause)
            })
            .build();
        Ok(Self::watched(cache, inner))
    }
}

impl<K, V, S> FutureCache<K, V, S>
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
    pub fn wrap(builder: CacheBuilder, inner: future::Cache<K, V, S>) -> Result<Self, CacheError> {
        Ok(Self::watched(builder.or_backend(BACKEND).build()?, inner))
    }

    fn watched(cache: Cache, inner: future::Cache<K, V, S>) -> Self {
        let counted = inner.clone();
        cache.watch_entries(move || Some(counted.entry_count()));
        Self { inner, cache }
    }

    /// As moka's; a lookup.
    pub async fn get<Q>(&self, key: &Q) -> Option<V>
    where
        Q: Equivalent<K> + Hash + ?Sized,
    {
        self.cache.get_async(self.inner.get(key)).await
    }

    /// As moka's; a lookup, and a set if it loads.
    pub async fn get_with(&self, key: K, init: impl Future<Output = V>) -> V {
        let mut loading = Loading::new(&self.cache);
        let value = self.inner.get_with(key, loading.watch_async(init)).await;
        loading.found();
        value
    }

    /// As moka's; a lookup, and a set if it loads.
    pub async fn get_with_by_ref<Q>(&self, key: &Q, init: impl Future<Output = V>) -> V
    where
        Q: Equivalent<K> + ToOwned<Owned = K> + Hash + ?Sized,
    {
        let mut loading = Loading::new(&self.cache);
        let value = self.inner.get_with_by_ref(key, loading.watch_async(init)).await;
        loading.found();
        value
    }

    /// As moka's; a lookup, and a set if it loads.
    pub async fn optionally_get_with<F>(&self, key: K, init: F) -> Option<V>
    where
        F: Future<Output = Option<V>>,
    {
        let mut loading = Loading::new(&self.cache);
        let value = self.inner.optionally_get_with(key, loading.watch_async(init)).await;
        loading.end(value.is_some());
        value
    }

    /// As moka's; a lookup, and a set if it loads.
    pub async fn optionally_get_with_by_ref<F, Q>(&self, key: &Q, init: F) -> Option<V>
    where
        F: Future<Output = Option<V>>,
        Q: Equivalent<K> + ToOwned<Owned = K> + Hash + ?Sized,
    {
        let mut loading = Loading::new(&self.cache);
        let value = self.inner.optionally_get_with_by_ref(key, loading.watch_async(init)).await;
        loading.end(value.is_some());
        value
    }

    /// As moka's; a lookup, and a set if it loads.
    ///
    /// # Errors
    ///
    /// Those of a loader: of this call or of the one it waited for. The lookup is a miss then.
    pub async fn try_get_with<F, E>(&self, key: K, init: F) -> Result<V, Arc<E>>
    where
        F: Future<Output = Result<V, E>>,
        E: Send + Sync + 'static,
    {
        let mut loading = Loading::new(&self.cache);
        let value = self.inner.try_get_with(key, loading.watch_async(init)).await;
        loading.end(value.is_ok());
        value
    }

    /// As moka's; a lookup, and a set if it loads.
    ///
    /// # Errors
    ///
    /// Those of a loader: of this call or of the one it waited for. The lookup is a miss then.
    pub async fn try_get_with_by_ref<F, E, Q>(&self, key: &Q, init: F) -> Result<V, Arc<E>>
    where
        F: Future<Output = Result<V, E>>,
        E: Send + Sync + 'static,
        Q: Equivalent<K> + ToOwned<Owned = K> + Hash + ?Sized,
    {
        let mut loading = Loading::new(&self.cache);
        let value = self.inner.try_get_with_by_ref(key, loading.watch_async(init)).await;
        loading.end(value.is_ok());
        value
    }

    /// As moka's; what is done with the entry is counted.
    pub fn entry(&self, key: K) -> FutureEntry<'_, K, V, S> {
        FutureEntry::new(&self.cache, self.inner.entry(key))
    }

    /// As moka's; what is done with the entry is counted.
    pub fn entry_by_ref<'a, Q>(&'a self, key: &'a Q) -> FutureEntryByRef<'a, K, Q, V, S>
    where
        Q: Equivalent<K> + ToOwned<Owned = K> + Hash + ?Sized,
    {
        FutureEntryByRef::new(&self.cache, self.inner.entry_by_ref(key))
    }

    /// As moka's; a set.
    pub async fn insert(&self, key: K, value: V) {
        self.cache.set_async(self.inner.insert(key, value)).await;
    }

    /// As moka's; a delete.
    pub async fn invalidate<Q>(&self, key: &Q)
    where
        Q: Equivalent<K> + Hash + ?Sized,
    {
        self.cache.delete_async(self.inner.invalidate(key)).await;
    }

    /// As moka's; a delete.
    pub async fn remove<Q>(&self, key: &Q) -> Option<V>
    where
        Q: Equivalent<K> + Hash + ?Sized,
    {
        self.cache.delete_async(self.inner.remove(key)).await
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
    pub async fn run_pending_tasks(&self) {
        self.inner.run_pending_tasks().await;
    }
}

impl<K, V, S> FutureCache<K, V, S> {
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
    pub fn inner(&self) -> &future::Cache<K, V, S> {
        &self.inner
    }

    /// What it is counted as.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }
}

impl<'a, K, V, S> IntoIterator for &'a FutureCache<K, V, S>
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
