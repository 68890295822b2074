//! The cache, and what is not counted of it.

use crate::lifecycle::CountingLifecycle;
use quick_cache::{
    DefaultHashBuilder, Equivalent, Lifecycle, Options, UnitWeighter, Weighter,
    sync::{self, DefaultLifecycle, Iter},
};
use std::{
    fmt,
    hash::{BuildHasher, Hash},
    sync::Arc,
};
use tallymark_cache::{BuildError, Cache, CacheBuilder};

/// A [`quick_cache::sync::Cache`] that is measured.
///
/// Its methods have the names and arguments of `quick_cache`'s and return what those return. [The page of this
/// package](crate#what-counts-as-what) says what counts as what. Clones are the same cache.
pub struct InstrumentedCache<K, V, We = UnitWeighter, B = DefaultHashBuilder, L = DefaultLifecycle<K, V>> {
    pub(crate) inner: Arc<sync::Cache<K, V, We, B, CountingLifecycle<L>>>,
    pub(crate) cache: Cache,
}

impl<K, V, We, B, L> Clone for InstrumentedCache<K, V, We, B, L> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), cache: self.cache.clone() }
    }
}

impl<K, V, We, B, L> fmt::Debug for InstrumentedCache<K, V, We, B, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstrumentedCache").field("cache", &self.cache).finish_non_exhaustive()
    }
}

impl<K, V> InstrumentedCache<K, V>
where
    K: Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Builds a cache of about `items_capacity` entries, as [`sync::Cache::new`] does.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`CacheBuilder::build`].
    pub fn new(builder: CacheBuilder, items_capacity: usize) -> Result<Self, BuildError> {
        Self::with_weighter(builder, items_capacity, items_capacity as u64, UnitWeighter)
    }
}

impl<K, V, We> InstrumentedCache<K, V, We>
where
    K: Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
    We: Weighter<K, V> + Clone + Send + Sync + 'static,
{
    /// Builds a cache as [`sync::Cache::with_weighter`] does.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`CacheBuilder::build`].
    pub fn with_weighter(
        builder: CacheBuilder,
        estimated_items_capacity: usize,
        weight_capacity: u64,
        weighter: We,
    ) -> Result<Self, BuildError> {
        Self::build_by(builder, DefaultLifecycle::default(), |lifecycle| {
            let hasher = DefaultHashBuilder::default();
            sync::Cache::with(estimated_items_capacity, weight_capacity, weighter, hasher, lifecycle)
        })
    }
}

impl<K, V, We, B, L> InstrumentedCache<K, V, We, B, L>
where
    K: Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
    We: Weighter<K, V> + Clone + Send + Sync + 'static,
    B: BuildHasher + Clone + Send + Sync + 'static,
    L: Lifecycle<K, V> + Clone + Send + Sync + 'static,
{
    /// Builds a cache as [`sync::Cache::with_options`] does. All methods of the lifecycle are called.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`CacheBuilder::build`].
    pub fn with_options(
        builder: CacheBuilder,
        options: Options,
        weighter: We,
        hash_builder: B,
        lifecycle: L,
    ) -> Result<Self, BuildError> {
        Self::build_by(builder, lifecycle, |lifecycle| {
            sync::Cache::with_options(options, weighter, hash_builder, lifecycle)
        })
    }

    fn build_by(
        builder: CacheBuilder,
        lifecycle: L,
        make: impl FnOnce(CountingLifecycle<L>) -> sync::Cache<K, V, We, B, CountingLifecycle<L>>,
    ) -> Result<Self, BuildError> {
        let cache = builder.default_backend("quick_cache").build()?;
        let inner = Arc::new(make(CountingLifecycle::new(cache.evictions(), lifecycle)));
        let counted = Arc::clone(&inner);
        cache.watch_entries(move || Some(counted.len() as u64));
        Ok(Self { inner, cache })
    }
}

impl<K, V, We, B, L> InstrumentedCache<K, V, We, B, L>
where
    K: Eq + Hash,
    V: Clone,
    We: Weighter<K, V> + Clone,
    B: BuildHasher + Clone,
    L: Lifecycle<K, V> + Clone,
{
    /// Calls `quick_cache`'s `peek`; counts nothing.
    pub fn peek<Q>(&self, key: &Q) -> Option<V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.inner.peek(key)
    }

    /// Calls `quick_cache`'s `contains_key`; counts nothing.
    pub fn contains_key<Q>(&self, key: &Q) -> bool
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.inner.contains_key(key)
    }

    /// Calls `quick_cache`'s `iter`; counts nothing.
    #[expect(clippy::iter_without_into_iter, reason = "quick_cache's own cache has none either")]
    pub fn iter(&self) -> Iter<'_, K, V, We, B, CountingLifecycle<L>>
    where
        K: Clone,
    {
        self.inner.iter()
    }

    /// Returns `quick_cache`'s `len`.
    pub fn len(&self) -> usize {
        self.inner.len()
    }

    /// Returns `quick_cache`'s `is_empty`.
    pub fn is_empty(&self) -> bool {
        self.inner.is_empty()
    }

    /// Returns `quick_cache`'s `weight`.
    pub fn weight(&self) -> u64 {
        self.inner.weight()
    }

    /// Returns `quick_cache`'s `capacity`.
    pub fn capacity(&self) -> u64 {
        self.inner.capacity()
    }

    /// Calls `quick_cache`'s `reserve`.
    pub fn reserve(&self, additional: usize) {
        self.inner.reserve(additional);
    }
}

impl<K, V, We, B, L> InstrumentedCache<K, V, We, B, L> {
    /// Returns `quick_cache`'s cache, for calls that are not to be counted.
    pub fn inner(&self) -> &sync::Cache<K, V, We, B, CountingLifecycle<L>> {
        &self.inner
    }

    /// Returns the [`Cache`] that counts.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }
}
