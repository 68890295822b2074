//! The cache for tasks.

use super::{
    BACKEND, count_eviction,
    future_entry::{FutureEntry, FutureEntryByRef},
    shared::shared,
};
use tallymark_cache::{Cache, CacheBuilder, CacheError, Written, loading::Loading};
use ::moka::{
    Equivalent, Policy, PredicateError, future,
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

    /// As moka's; not counted.
    pub async fn run_pending_tasks(&self) {
        self.inner.run_pending_tasks().await;
    }
}

shared!(FutureCache, future, FutureEntry, FutureEntryByRef);
