//! Sets, deletes, and what is done to all entries.

use crate::{cache::InstrumentedCache, lifecycle::CountingLifecycle};
use quick_cache::{
    Equivalent, Lifecycle, Weighter,
    sync::{Drain, LockContention},
};
use std::hash::{BuildHasher, Hash};

impl<K, V, We, B, L> InstrumentedCache<K, V, We, B, L>
where
    K: Eq + Hash,
    V: Clone,
    We: Weighter<K, V> + Clone,
    B: BuildHasher + Clone,
    L: Lifecycle<K, V> + Clone,
{
    /// Calls `quick_cache`'s `insert`; counts a set.
    #[inline]
    pub fn insert(&self, key: K, value: V) {
        self.cache.set(|| self.inner.insert(key, value));
    }

    /// Calls `quick_cache`'s `insert_with_lifecycle`; counts a set.
    pub fn insert_with_lifecycle(&self, key: K, value: V, state: &mut L::RequestState) {
        self.cache.set(|| self.inner.insert_with_lifecycle(key, value, state));
    }

    /// Calls `quick_cache`'s `try_insert`; counts a set.
    ///
    /// # Errors
    ///
    /// Returns key and value if the lock is taken.
    pub fn try_insert(&self, key: K, value: V) -> Result<(), (K, V)> {
        self.stored(|| self.inner.try_insert(key, value))
    }

    /// Calls `quick_cache`'s `try_insert_with_lifecycle`; counts a set.
    ///
    /// # Errors
    ///
    /// Returns key and value if the lock is taken.
    pub fn try_insert_with_lifecycle(
        &self,
        key: K,
        value: V,
        state: &mut L::RequestState,
    ) -> Result<(), (K, V)> {
        self.stored(|| self.inner.try_insert_with_lifecycle(key, value, state))
    }

    /// Calls `quick_cache`'s `replace`; counts a set.
    ///
    /// # Errors
    ///
    /// Returns key and value if there was nothing to replace.
    pub fn replace(&self, key: K, value: V, soft: bool) -> Result<(), (K, V)> {
        self.stored(|| self.inner.replace(key, value, soft))
    }

    /// Calls `quick_cache`'s `replace_with_lifecycle`; counts a set.
    ///
    /// # Errors
    ///
    /// Returns key and value if there was nothing to replace.
    pub fn replace_with_lifecycle(
        &self,
        key: K,
        value: V,
        soft: bool,
        state: &mut L::RequestState,
    ) -> Result<(), (K, V)> {
        self.stored(|| self.inner.replace_with_lifecycle(key, value, soft, state))
    }

    /// Counts a set; one whose key and value are returned did not change the cache.
    fn stored(&self, store: impl FnOnce() -> Result<(), (K, V)>) -> Result<(), (K, V)> {
        let guard = self.cache.start_set();
        let result = store();
        guard.end_with(&result.is_ok());
        result
    }

    /// Calls `quick_cache`'s `remove`; counts a delete.
    pub fn remove<Q>(&self, key: &Q) -> Option<(K, V)>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.cache.delete(|| self.inner.remove(key))
    }

    /// Calls `quick_cache`'s `try_remove`; counts a delete.
    ///
    /// # Errors
    ///
    /// Returns an error if the lock is taken.
    pub fn try_remove<Q>(&self, key: &Q) -> Result<Option<(K, V)>, LockContention>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        let guard = self.cache.start_delete();
        let removed = self.inner.try_remove(key);
        guard.end_with(&matches!(removed, Ok(Some(_))));
        removed
    }

    /// Calls `quick_cache`'s `remove_if`; counts a delete.
    pub fn remove_if<Q, F>(&self, key: &Q, f: F) -> Option<(K, V)>
    where
        Q: Hash + Equivalent<K> + ?Sized,
        F: FnOnce(&V) -> bool,
    {
        self.cache.delete(|| self.inner.remove_if(key, f))
    }

    /// Calls `quick_cache`'s `retain`; counts an `other` operation.
    pub fn retain<F>(&self, f: F)
    where
        F: Fn(&K, &V) -> bool,
    {
        self.cache.other(|| self.inner.retain(f));
    }

    /// Calls `quick_cache`'s `clear`; counts an `other` operation.
    pub fn clear(&self) {
        self.cache.other(|| self.inner.clear());
    }

    /// Calls `quick_cache`'s `drain`; counts an `other` operation.
    pub fn drain(&self) -> Drain<'_, K, V, We, B, CountingLifecycle<L>> {
        let guard = self.cache.start_other();
        let drain = self.inner.drain();
        guard.ok();
        drain
    }

    /// Calls `quick_cache`'s `set_capacity`; counts an `other` operation.
    pub fn set_capacity(&self, new_weight_capacity: u64) {
        self.cache.other(|| self.inner.set_capacity(new_weight_capacity));
    }
}
