//! Lookups, and what is loaded by them.

use crate::{cache::InstrumentedCache, lifecycle::CountingLifecycle};
use quick_cache::{
    Equivalent, Lifecycle, Weighter,
    sync::{EntryAction, EntryResult, GuardResult, LockContention, PlaceholderGuard},
};
use std::{
    hash::{BuildHasher, Hash},
    time::Duration,
};
use tallymark_cache::{GetResult, ToGetResult, WriteResult};

impl<K, V, We, B, L> InstrumentedCache<K, V, We, B, L>
where
    K: Eq + Hash,
    V: Clone,
    We: Weighter<K, V> + Clone,
    B: BuildHasher + Clone,
    L: Lifecycle<K, V> + Clone,
{
    /// Calls `quick_cache`'s `get`; counts a lookup.
    #[inline]
    pub fn get<Q>(&self, key: &Q) -> Option<V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.cache.get(|| self.inner.get(key))
    }

    /// Calls `quick_cache`'s `try_get`; counts a lookup.
    ///
    /// # Errors
    ///
    /// Returns an error if the lock is taken.
    pub fn try_get<Q>(&self, key: &Q) -> Result<Option<V>, LockContention>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        let guard = self.cache.start_get();
        let found = self.inner.try_get(key);
        guard.end(found.as_ref().map_or(GetResult::Cancelled, ToGetResult::to_get_result));
        found
    }

    /// Calls `quick_cache`'s `get_value_or_guard`; counts a lookup.
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

    /// Calls `quick_cache`'s `get_value_or_guard_async`; counts a lookup.
    ///
    /// # Errors
    ///
    /// Returns a guard through which to store the value, if the key is not in the cache.
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

    /// Calls `quick_cache`'s `get_or_insert_with`; counts a lookup, and a set if it loads.
    ///
    /// # Errors
    ///
    /// Returns the error of the loader. The lookup is then a miss.
    pub fn get_or_insert_with<Q, E>(&self, key: &Q, with: impl FnOnce() -> Result<V, E>) -> Result<V, E>
    where
        Q: Hash + Equivalent<K> + ToOwned<Owned = K> + ?Sized,
    {
        let mut load = self.cache.start_load();
        let value = self.inner.get_or_insert_with(key, load.watch(with));
        load.end(value.is_ok());
        value
    }

    /// Calls `quick_cache`'s `get_or_insert_async`; counts a lookup, and a set if it loads.
    ///
    /// # Errors
    ///
    /// Returns the error of the loader. The lookup is then a miss.
    pub async fn get_or_insert_async<Q, E>(
        &self,
        key: &Q,
        with: impl Future<Output = Result<V, E>>,
    ) -> Result<V, E>
    where
        Q: Hash + Equivalent<K> + ToOwned<Owned = K> + ?Sized,
    {
        let mut load = self.cache.start_load();
        let value = self.inner.get_or_insert_async(key, load.watch_future(with)).await;
        load.end(value.is_ok());
        value
    }

    /// Calls `quick_cache`'s `entry`; counts a lookup, and a delete if it removes.
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

    /// Calls `quick_cache`'s `entry_async`; counts a lookup, and a delete if it removes.
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
}
