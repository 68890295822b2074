//! Stores that somebody else locks.

use super::BACKEND;
use tallymark_cache::{
    Cache, CacheBuilder, CacheError, EvictionCause, Lookup, WriteResult, Written, loading::Loading,
};
use ::cached::{Cached, CachedIter, CachedPeek, CachedRead};
use std::{
    borrow::Borrow,
    hash::Hash,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// A store that is [`Cached`], measured. See the [module](super) for what counts as what.
#[derive(Debug)]
pub struct MeasuredStore<S> {
    inner: S,
    cache: Cache,
    /// How many there were after the last change.
    entries: Arc<AtomicU64>,
    evicted: u64,
}

impl<S> MeasuredStore<S> {
    /// Measures a store.
    ///
    /// # Errors
    ///
    /// As [`CacheBuilder::build`] does.
    pub fn new<K, V>(builder: CacheBuilder, store: S) -> Result<Self, CacheError>
    where
        S: Cached<K, V>,
    {
        let cache = builder.or_backend(BACKEND).build()?;
        let entries = Arc::new(AtomicU64::new(store.cache_size() as u64));
        let counted = Arc::clone(&entries);
        cache.watch_entries(move || Some(counted.load(Ordering::Relaxed)));
        let evicted = store.cache_evictions().unwrap_or(0);
        Ok(Self { inner: store, cache, entries, evicted })
    }

    /// The store itself.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// The store itself, for what is not to be counted.
    pub fn inner_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// What it is counted as.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// Sees what has changed in the store.
    fn changed<K, V>(&mut self)
    where
        S: Cached<K, V>,
    {
        self.entries.store(self.inner.cache_size() as u64, Ordering::Relaxed);
        if let Some(evicted) = self.inner.cache_evictions() {
            // Less than before after a reset.
            self.cache.evictions().count_many(EvictionCause::Size, evicted.saturating_sub(self.evicted));
            self.evicted = evicted;
        }
    }

    fn delete<K, V, T: Written>(&mut self, delete: impl FnOnce(&mut S) -> T) -> T
    where
        S: Cached<K, V>,
    {
        let answer = self.cache.delete(|| delete(&mut self.inner));
        self.changed();
        answer
    }
}

impl<K, V, S: Cached<K, V>> Cached<K, V> for MeasuredStore<S> {
    type Error = S::Error;

    fn cache_get<Q>(&mut self, k: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let guard = self.cache.start_get();
        let found = self.inner.cache_get(k);
        guard.answer(&found);
        found
    }

    fn cache_get_mut<Q>(&mut self, k: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let guard = self.cache.start_get();
        let found = self.inner.cache_get_mut(k);
        guard.answer(&found);
        found
    }

    fn cache_set(&mut self, k: K, v: V) -> Option<V> {
        let guard = self.cache.start_set();
        let old = self.inner.cache_set(k, v);
        guard.ok();
        self.changed();
        old
    }

    fn cache_try_set(&mut self, k: K, v: V) -> Result<Option<V>, Self::Error> {
        let guard = self.cache.start_set();
        let old = self.inner.cache_try_set(k, v);
        guard.end(if old.is_ok() { WriteResult::Ok } else { WriteResult::Error });
        self.changed();
        old
    }

    fn cache_get_or_set_with_mut<F: FnOnce() -> V>(&mut self, key: K, f: F) -> &mut V {
        let mut loading = Loading::new(&self.cache);
        let value = self.inner.cache_get_or_set_with_mut(key, loading.watch(f));
        loading.found();
        value
    }

    fn cache_try_get_or_set_with_mut<F: FnOnce() -> Result<V, E>, E>(
        &mut self,
        key: K,
        f: F,
    ) -> Result<&mut V, E> {
        let mut loading = Loading::new(&self.cache);
        let value = self.inner.cache_try_get_or_set_with_mut(key, loading.watch(f));
        loading.end(value.is_ok());
        value
    }

    fn cache_get_or_set_with<F: FnOnce() -> V>(&mut self, key: K, f: F) -> &V {
        let mut loading = Loading::new(&self.cache);
        let value = self.inner.cache_get_or_set_with(key, loading.watch(f));
        loading.found();
        value
    }

    fn cache_try_get_or_set_with<F: FnOnce() -> Result<V, E>, E>(&mut self, key: K, f: F) -> Result<&V, E> {
        let mut loading = Loading::new(&self.cache);
        let value = self.inner.cache_try_get_or_set_with(key, loading.watch(f));
        loading.end(value.is_ok());
        value
    }

    fn cache_remove<Q>(&mut self, k: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.delete(|store| store.cache_remove(k))
    }

    fn cache_remove_entry<Q>(&mut self, k: &Q) -> Option<(K, V)>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.delete(|store| store.cache_remove_entry(k))
    }

    fn cache_delete<Q>(&mut self, k: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.delete(|store| store.cache_delete(k))
    }

    fn cache_clear(&mut self) {
        self.cache.other(|| self.inner.cache_clear());
        self.changed();
    }

    fn cache_reset(&mut self) {
        self.cache.other(|| self.inner.cache_reset());
        self.changed();
    }

    fn cache_size(&self) -> usize {
        self.inner.cache_size()
    }

    fn cache_reset_metrics(&mut self) {
        self.changed();
        self.inner.cache_reset_metrics();
        self.changed();
    }

    fn cache_contains<Q>(&mut self, k: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.inner.cache_contains(k)
    }

    fn cache_hits(&self) -> Option<u64> {
        self.inner.cache_hits()
    }

    fn cache_misses(&self) -> Option<u64> {
        self.inner.cache_misses()
    }

    fn cache_capacity(&self) -> Option<usize> {
        self.inner.cache_capacity()
    }

    fn cache_evictions(&self) -> Option<u64> {
        self.inner.cache_evictions()
    }
}

/// Not counted.
impl<K, V, S: CachedPeek<K, V>> CachedPeek<K, V> for MeasuredStore<S> {
    fn cache_peek<Q>(&self, k: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.inner.cache_peek(k)
    }
}

/// A lookup: this is how the attribute reads with `unsync_reads`.
impl<K, V, S: CachedRead<K, V>> CachedRead<K, V> for MeasuredStore<S> {
    fn cache_get_read<Q>(&self, k: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let guard = self.cache.start_get();
        let found = self.inner.cache_get_read(k);
        guard.end(found.get_result());
        found
    }
}

/// Not counted.
impl<K, V, S: CachedIter<K, V>> CachedIter<K, V> for MeasuredStore<S> {
    fn iter<'a>(&'a self) -> impl Iterator<Item = (&'a K, &'a V)> + 'a
    where
        Self: Sized,
        K: 'a,
        V: 'a,
    {
        self.inner.iter()
    }
}
