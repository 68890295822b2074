//! The cache.

use super::CountingLifecycle;
use tallymark_cache::{Cache, CacheBuilder, CacheError};
use ::quick_cache::{
    DefaultHashBuilder, Equivalent, Lifecycle, Options, UnitWeighter, Weighter,
    sync::{self, DefaultLifecycle, Iter},
};
use std::{
    fmt,
    hash::{BuildHasher, Hash},
    sync::Arc,
};

/// A [`quick_cache::sync::Cache`](sync::Cache), measured. See the [module](super) for what counts as what.
///
/// A clone is the same cache.
pub struct QuickCache<K, V, We = UnitWeighter, B = DefaultHashBuilder, L = DefaultLifecycle<K, V>> {
    pub(super) inner: Arc<sync::Cache<K, V, We, B, CountingLifecycle<L>>>,
    pub(super) cache: Cache,
}

impl<K, V, We, B, L> Clone for QuickCache<K, V, We, B, L> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), cache: self.cache.clone() }
    }
}

impl<K, V, We, B, L> fmt::Debug for QuickCache<K, V, We, B, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QuickCache").field("cache", &self.cache).finish_non_exhaustive()
    }
}

impl<K, V> QuickCache<K, V>
where
    K: Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// As [`sync::Cache::new`]: a cache of about so many entries.
    ///
    /// # Errors
    ///
    /// As [`CacheBuilder::build`] does.
    pub fn new(builder: CacheBuilder, items_capacity: usize) -> Result<Self, CacheError> {
        Self::with_weighter(builder, items_capacity, items_capacity as u64, UnitWeighter)
    }
}

impl<K, V, We> QuickCache<K, V, We>
where
    K: Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
    We: Weighter<K, V> + Clone + Send + Sync + 'static,
{
    /// As [`sync::Cache::with_weighter`].
    ///
    /// # Errors
    ///
    /// As [`CacheBuilder::build`] does.
    pub fn with_weighter(
        builder: CacheBuilder,
        estimated_items_capacity: usize,
        weight_capacity: u64,
        weighter: We,
    ) -> Result<Self, CacheError> {
        Self::made(builder, DefaultLifecycle::default(), |lifecycle| {
            let hasher = DefaultHashBuilder::default();
            sync::Cache::with(estimated_items_capacity, weight_capacity, weighter, hasher, lifecycle)
        })
    }
}

impl<K, V, We, B, L> QuickCache<K, V, We, B, L>
where
    K: Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
    We: Weighter<K, V> + Clone + Send + Sync + 'static,
    B: BuildHasher + Clone + Send + Sync + 'static,
    L: Lifecycle<K, V> + Clone + Send + Sync + 'static,
{
    /// As [`sync::Cache::with_options`]; the lifecycle is called as before.
    ///
    /// # Errors
    ///
    /// As [`CacheBuilder::build`] does.
    pub fn with_options(
        builder: CacheBuilder,
        options: Options,
        weighter: We,
        hash_builder: B,
        lifecycle: L,
    ) -> Result<Self, CacheError> {
        Self::made(builder, lifecycle, |lifecycle| {
            sync::Cache::with_options(options, weighter, hash_builder, lifecycle)
        })
    }

    fn made(
        builder: CacheBuilder,
        lifecycle: L,
        make: impl FnOnce(CountingLifecycle<L>) -> sync::Cache<K, V, We, B, CountingLifecycle<L>>,
    ) -> Result<Self, CacheError> {
        let cache = builder.or_backend("quick_cache").build()?;
        let inner = Arc::new(make(CountingLifecycle::new(cache.evictions(), lifecycle)));
        let counted = Arc::clone(&inner);
        cache.watch_entries(move || Some(counted.len() as u64));
        Ok(Self { inner, cache })
    }
}

impl<K, V, We, B, L> QuickCache<K, V, We, B, L>
where
    K: Eq + Hash,
    V: Clone,
    We: Weighter<K, V> + Clone,
    B: BuildHasher + Clone,
    L: Lifecycle<K, V> + Clone,
{
    /// As `quick_cache`'s; not counted.
    pub fn peek<Q>(&self, key: &Q) -> Option<V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.inner.peek(key)
    }

    /// As `quick_cache`'s; not counted.
    pub fn contains_key<Q>(&self, key: &Q) -> bool
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.inner.contains_key(key)
    }

    /// As `quick_cache`'s; not counted.
    #[expect(clippy::iter_without_into_iter, reason = "the cache itself has none either")]
    pub fn iter(&self) -> Iter<'_, K, V, We, B, CountingLifecycle<L>>
    where
        K: Clone,
    {
        self.inner.iter()
    }

    /// As `quick_cache`'s.
    pub fn len(&self) -> usize {
        self.inner.len()
    }

    /// As `quick_cache`'s.
    pub fn is_empty(&self) -> bool {
        self.inner.is_empty()
    }

    /// As `quick_cache`'s.
    pub fn weight(&self) -> u64 {
        self.inner.weight()
    }

    /// As `quick_cache`'s.
    pub fn capacity(&self) -> u64 {
        self.inner.capacity()
    }

    /// As `quick_cache`'s.
    pub fn reserve(&self, additional: usize) {
        self.inner.reserve(additional);
    }
}

impl<K, V, We, B, L> QuickCache<K, V, We, B, L> {
    /// The cache itself, for what is not to be counted.
    pub fn inner(&self) -> &sync::Cache<K, V, We, B, CountingLifecycle<L>> {
        &self.inner
    }

    /// What it is counted as.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }
}
