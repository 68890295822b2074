//! Sets, deletes, and what is done to all entries.

use super::{CountingLifecycle, QuickCache};
use ::quick_cache::{
    Equivalent, Lifecycle, Weighter,
    sync::{Drain, LockContention},
};
use std::hash::{BuildHasher, Hash};

impl<K, V, We, B, L> QuickCache<K, V, We, B, L>
where
    K: Eq + Hash,
    V: Clone,
    We: Weighter<K, V> + Clone,
    B: BuildHasher + Clone,
    L: Lifecycle<K, V> + Clone,
{
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
}
