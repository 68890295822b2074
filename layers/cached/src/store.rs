//! Stores that their owner locks.

use crate::BACKEND;
use cached::{Cached, CachedIter, CachedPeek, CachedRead};
use std::{
    borrow::Borrow,
    hash::Hash,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tallymark_cache::{BuildError, Cache, CacheBuilder, EvictionCause, ToWriteResult, WriteResult};

/// A [`Cached`] store that is measured: for `#[cached]`.
///
/// Its methods return what the store's return. [The page of this package](crate#what-counts-as-what) says what counts as
/// what.
#[derive(Debug)]
pub struct InstrumentedStore<S> {
    inner: S,
    cache: Cache,
    /// The number of entries after the last change, for scrapes: they cannot take the lock that the store is behind.
    entries: Arc<AtomicU64>,
    /// The number of evictions that were counted.
    evicted: u64,
}

impl<S> InstrumentedStore<S> {
    /// Wraps a store.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`CacheBuilder::build`].
    pub fn new<K, V>(builder: CacheBuilder, store: S) -> Result<Self, BuildError>
    where
        S: Cached<K, V>,
    {
        let cache = builder.default_backend(BACKEND).build()?;
        let entries = Arc::new(AtomicU64::new(store.cache_size() as u64));
        let counted = Arc::clone(&entries);
        cache.watch_entries(move || Some(counted.load(Ordering::Relaxed)));
        let evicted = store.cache_evictions().unwrap_or(0);
        Ok(Self { inner: store, cache, entries, evicted })
    }

    /// Returns the store.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// Returns the store, for calls that are not to be counted.
    pub fn inner_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// Returns the [`Cache`] that counts.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// Reads the numbers of entries and evictions after a change.
    fn changed<K, V>(&mut self)
    where
        S: Cached<K, V>,
    {
        self.entries.store(self.inner.cache_size() as u64, Ordering::Relaxed);
        if let Some(evicted) = self.inner.cache_evictions() {
            // The number is less than before after a reset.
            self.cache.evictions().count_many(EvictionCause::Size, evicted.saturating_sub(self.evicted));
            self.evicted = evicted;
        }
    }

    fn delete<K, V, T: ToWriteResult>(&mut self, delete: impl FnOnce(&mut S) -> T) -> T
    where
        S: Cached<K, V>,
    {
        let returned = self.cache.delete(|| delete(&mut self.inner));
        self.changed();
        returned
    }
}

impl<K, V, S: Cached<K, V>> Cached<K, V> for InstrumentedStore<S> {
    type Error = S::Error;

    fn cache_get<Q>(&mut self, k: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let guard = self.cache.start_get();
        let found = self.inner.cache_get(k);
        guard.end_with(&found);
        found
    }

    fn cache_get_mut<Q>(&mut self, k: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let guard = self.cache.start_get();
        let found = self.inner.cache_get_mut(k);
        guard.end_with(&found);
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
        let mut load = self.cache.start_load();
        let value = self.inner.cache_get_or_set_with_mut(key, load.watch(f));
        load.found();
        value
    }

    fn cache_try_get_or_set_with_mut<F: FnOnce() -> Result<V, E>, E>(
        &mut self,
        key: K,
        f: F,
    ) -> Result<&mut V, E> {
        let mut load = self.cache.start_load();
        let value = self.inner.cache_try_get_or_set_with_mut(key, load.watch(f));
        load.end(value.is_ok());
        value
    }

    fn cache_get_or_set_with<F: FnOnce() -> V>(&mut self, key: K, f: F) -> &V {
        let mut load = self.cache.start_load();
        let value = self.inner.cache_get_or_set_with(key, load.watch(f));
        load.found();
        value
    }

    fn cache_try_get_or_set_with<F: FnOnce() -> Result<V, E>, E>(&mut self, key: K, f: F) -> Result<&V, E> {
        let mut load = self.cache.start_load();
        let value = self.inner.cache_try_get_or_set_with(key, load.watch(f));
        load.end(value.is_ok());
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

/// Peeking is not counted.
impl<K, V, S: CachedPeek<K, V>> CachedPeek<K, V> for InstrumentedStore<S> {
    fn cache_peek<Q>(&self, k: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.inner.cache_peek(k)
    }
}

/// Counted as lookups: this is how the attribute reads with `unsync_reads`.
impl<K, V, S: CachedRead<K, V>> CachedRead<K, V> for InstrumentedStore<S> {
    fn cache_get_read<Q>(&self, k: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let guard = self.cache.start_get();
        let found = self.inner.cache_get_read(k);
        guard.end_with(&found);
        found
    }
}

/// Iterating is not counted.
impl<K, V, S: CachedIter<K, V>> CachedIter<K, V> for InstrumentedStore<S> {
    fn iter<'a>(&'a self) -> impl Iterator<Item = (&'a K, &'a V)> + 'a
    where
        Self: Sized,
        K: 'a,
        V: 'a,
    {
        self.inner.iter()
    }
}
