//! The cache.

use super::CountingLifecycle;
use crate::cache::{Cache, CacheBuilder, CacheError, GetResult, Lookup, WriteResult, loading::Loading};
use ::quick_cache::{
    DefaultHashBuilder, Equivalent, Lifecycle, Options, UnitWeighter, Weighter,
    sync::{
        self, DefaultLifecycle, Drain, EntryAction, EntryResult, GuardResult, Iter, LockContention,
        PlaceholderGuard,
    },
};
use std::{
    fmt,
    hash::{BuildHasher, Hash},
    sync::Arc,
    time::Duration,
};

/// A [`quick_cache::sync::Cache`](sync::Cache), measured. See the [module](super) for what counts as what.
///
/// A clone is the same cache.
pub struct QuickCache<K, V, We = UnitWeighter, B = DefaultHashBuilder, L = DefaultLifecycle<K, V>> {
    inner: Arc<sync::Cache<K, V, We, B, CountingLifecycle<L>>>,
    cache: Cache,
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
    /// As `quick_cache`'s; a lookup.
    #[inline]
    pub fn get<Q>(&self, key: &Q) -> Option<V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.cache.get(|| self.inner.get(key))
    }

    /// As `quick_cache`'s; a lookup.
    ///
    /// # Errors
    ///
    /// If the lock is taken.
    pub fn try_get<Q>(&self, key: &Q) -> Result<Option<V>, LockContention>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        let guard = self.cache.start_get();
        let found = self.inner.try_get(key);
        guard.end(found.as_ref().map_or(GetResult::Cancelled, Lookup::get_result));
        found
    }

    /// As `quick_cache`'s; a lookup.
    pub fn get_value_or_guard<Q>(
        &self,
        key: &Q,
        timeout: Option<Duration>,
    ) -> GuardResult<'_, K, V, We, B, CountingLifecycle<L>>
    where
        Q: Hash + Equivalent<K> + ToOwned<Owned = K> + ?Sized,
    {
        let guard = self.cache.start_get();
        let result = self.inner.get_value_or_guard(key, timeout);
        guard.end(match &result {
            GuardResult::Value(_) => GetResult::Hit,
            GuardResult::Guard(_) => GetResult::Miss,
            GuardResult::Timeout => GetResult::Cancelled,
        });
        result
    }

    /// As `quick_cache`'s; a lookup.
    ///
    /// # Errors
    ///
    /// A guard through which to store the value, if there is none.
    pub async fn get_value_or_guard_async<'a, Q>(
        &'a self,
        key: &Q,
    ) -> Result<V, PlaceholderGuard<'a, K, V, We, B, CountingLifecycle<L>>>
    where
        Q: Hash + Equivalent<K> + ToOwned<Owned = K> + ?Sized,
    {
        let guard = self.cache.start_get();
        let result = self.inner.get_value_or_guard_async(key).await;
        guard.end(if result.is_ok() { GetResult::Hit } else { GetResult::Miss });
        result
    }

    /// As `quick_cache`'s; a lookup, and a set if it loads.
    ///
    /// # Errors
    ///
    /// Those of the loader. The lookup is a miss then.
    pub fn get_or_insert_with<Q, E>(&self, key: &Q, with: impl FnOnce() -> Result<V, E>) -> Result<V, E>
    where
        Q: Hash + Equivalent<K> + ToOwned<Owned = K> + ?Sized,
    {
        let mut loading = Loading::new(&self.cache);
        let value = self.inner.get_or_insert_with(key, loading.watch(with));
        loading.end(value.is_ok());
        value
    }

    /// As `quick_cache`'s; a lookup, and a set if it loads.
    ///
    /// # Errors
    ///
    /// Those of the loader. The lookup is a miss then.
    pub async fn get_or_insert_async<Q, E>(
        &self,
        key: &Q,
        with: impl Future<Output = Result<V, E>>,
    ) -> Result<V, E>
    where
        Q: Hash + Equivalent<K> + ToOwned<Owned = K> + ?Sized,
    {
        let mut loading = Loading::new(&self.cache);
        let value = self.inner.get_or_insert_async(key, loading.watch_async(with)).await;
        loading.end(value.is_ok());
        value
    }

    /// As `quick_cache`'s; a lookup, and a delete if it removes.
    pub fn entry<Q, T>(
        &self,
        key: &Q,
        timeout: Option<Duration>,
        on_occupied: impl FnOnce(&K, &mut V) -> EntryAction<T>,
    ) -> EntryResult<'_, K, V, We, B, CountingLifecycle<L>, T>
    where
        Q: Hash + Equivalent<K> + ToOwned<Owned = K> + ?Sized,
    {
        let guard = self.cache.start_get();
        let result = self.inner.entry(key, timeout, on_occupied);
        guard.end(self.entry_result(&result));
        result
    }

    /// As `quick_cache`'s; a lookup, and a delete if it removes.
    pub async fn entry_async<'a, Q, T>(
        &'a self,
        key: &Q,
        on_occupied: impl FnOnce(&K, &mut V) -> EntryAction<T>,
    ) -> EntryResult<'a, K, V, We, B, CountingLifecycle<L>, T>
    where
        Q: Hash + Equivalent<K> + ToOwned<Owned = K> + ?Sized,
    {
        let guard = self.cache.start_get();
        let result = self.inner.entry_async(key, on_occupied).await;
        guard.end(self.entry_result(&result));
        result
    }

    fn entry_result<T>(&self, result: &EntryResult<'_, K, V, We, B, CountingLifecycle<L>, T>) -> GetResult {
        match result {
            EntryResult::Retained(_) => GetResult::Hit,
            EntryResult::Removed(..) => {
                self.cache.count_deletes(WriteResult::Ok, 1);
                GetResult::Hit
            }
            EntryResult::Replaced(..) | EntryResult::Vacant(_) => GetResult::Miss,
            EntryResult::Timeout => GetResult::Cancelled,
        }
    }

    /// As `quick_cache`'s; a set.
    #[inline]
    pub fn insert(&self, key: K, value: V) {
        self.cache.set(|| self.inner.insert(key, value));
    }

    /// As `quick_cache`'s; a set.
    pub fn insert_with_lifecycle(&self, key: K, value: V, state: &mut L::RequestState) {
        self.cache.set(|| self.inner.insert_with_lifecycle(key, value, state));
    }

    /// As `quick_cache`'s; a set.
    ///
    /// # Errors
    ///
    /// What was to be stored, if the lock is taken.
    pub fn try_insert(&self, key: K, value: V) -> Result<(), (K, V)> {
        self.stored(|| self.inner.try_insert(key, value))
    }

    /// As `quick_cache`'s; a set.
    ///
    /// # Errors
    ///
    /// What was to be stored, if the lock is taken.
    pub fn try_insert_with_lifecycle(
        &self,
        key: K,
        value: V,
        state: &mut L::RequestState,
    ) -> Result<(), (K, V)> {
        self.stored(|| self.inner.try_insert_with_lifecycle(key, value, state))
    }

    /// As `quick_cache`'s; a set.
    ///
    /// # Errors
    ///
    /// What was to be stored, if there was nothing to replace.
    pub fn replace(&self, key: K, value: V, soft: bool) -> Result<(), (K, V)> {
        self.stored(|| self.inner.replace(key, value, soft))
    }

    /// As `quick_cache`'s; a set.
    ///
    /// # Errors
    ///
    /// What was to be stored, if there was nothing to replace.
    pub fn replace_with_lifecycle(
        &self,
        key: K,
        value: V,
        soft: bool,
        state: &mut L::RequestState,
    ) -> Result<(), (K, V)> {
        self.stored(|| self.inner.replace_with_lifecycle(key, value, soft, state))
    }

    /// What is handed back did not change the cache.
    fn stored(&self, store: impl FnOnce() -> Result<(), (K, V)>) -> Result<(), (K, V)> {
        let guard = self.cache.start_set();
        let result = store();
        guard.answer(&result.is_ok());
        result
    }

    /// As `quick_cache`'s; a delete.
    pub fn remove<Q>(&self, key: &Q) -> Option<(K, V)>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.cache.delete(|| self.inner.remove(key))
    }

    /// As `quick_cache`'s; a delete.
    ///
    /// # Errors
    ///
    /// If the lock is taken.
    pub fn try_remove<Q>(&self, key: &Q) -> Result<Option<(K, V)>, LockContention>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        let guard = self.cache.start_delete();
        let removed = self.inner.try_remove(key);
        guard.answer(&matches!(removed, Ok(Some(_))));
        removed
    }

    /// As `quick_cache`'s; a delete.
    pub fn remove_if<Q, F>(&self, key: &Q, f: F) -> Option<(K, V)>
    where
        Q: Hash + Equivalent<K> + ?Sized,
        F: FnOnce(&V) -> bool,
    {
        self.cache.delete(|| self.inner.remove_if(key, f))
    }

    /// As `quick_cache`'s; an `other` operation.
    pub fn retain<F>(&self, f: F)
    where
        F: Fn(&K, &V) -> bool,
    {
        self.cache.other(|| self.inner.retain(f));
    }

    /// As `quick_cache`'s; an `other` operation.
    pub fn clear(&self) {
        self.cache.other(|| self.inner.clear());
    }

    /// As `quick_cache`'s; an `other` operation.
    pub fn drain(&self) -> Drain<'_, K, V, We, B, CountingLifecycle<L>> {
        let guard = self.cache.start_other();
        let drain = self.inner.drain();
        guard.ok();
        drain
    }

    /// As `quick_cache`'s; an `other` operation.
    pub fn set_capacity(&self, new_weight_capacity: u64) {
        self.cache.other(|| self.inner.set_capacity(new_weight_capacity));
    }

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
