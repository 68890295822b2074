//! One cache, as it is counted.

use super::{
    answer::{Lookup, Written},
    builder::CacheBuilder,
    entries::EntriesCollector,
    guard::{GetGuard, WriteGuard},
    labels::{GetResult, Operation, WriteResult},
    meters::{Evictions, Meters, Write},
};
use crate::{
    HistogramHandle, Timer,
    registry::{self, Registration},
};
use std::{
    fmt,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

/// Counts what one cache does. The wrappers hold one; for a cache of your own, make one and put it around the calls.
///
/// ```
/// use std::{collections::HashMap, sync::Mutex};
/// use tallymark::cache::Cache;
///
/// # fn main() -> Result<(), tallymark::cache::CacheError> {
/// let prices = Mutex::new(HashMap::from([("tea", 3)]));
/// let cache = Cache::builder("prices").backend("map").build()?;
///
/// let price = cache.get(|| prices.lock().ok()?.get("tea").copied());
/// assert_eq!(price, Some(3));
/// cache.delete(|| prices.lock().ok()?.remove("milk"));
///
/// let snapshot = tallymark::registry::snapshot();
/// let labels = [("cache", "prices"), ("backend", "map"), ("result", "hit")];
/// assert_eq!(snapshot.counter("cache_gets_total", &labels), Some(1));
/// # Ok(())
/// # }
/// ```
///
/// A clone counts in the same series.
#[derive(Clone)]
pub struct Cache {
    inner: Arc<Inner>,
}

struct Inner {
    name: String,
    backend: String,
    meters: Meters,
    /// The name of the family of entries, if there is one.
    entries: Option<String>,
    registration: Mutex<Option<Registration>>,
}

impl Cache {
    /// Begins with the name of the cache, the value of the label `cache`.
    pub fn builder(name: impl Into<String>) -> CacheBuilder {
        CacheBuilder::new(name.into())
    }

    pub(super) fn new(name: String, backend: String, meters: Meters, entries: Option<String>) -> Self {
        let registration = Mutex::default();
        Self { inner: Arc::new(Inner { name, backend, meters, entries, registration }) }
    }

    /// The value of the label `cache`.
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// The value of the label `backend`.
    pub fn backend(&self) -> &str {
        &self.inner.backend
    }

    /// Begins a lookup of one key.
    #[inline]
    pub fn start_get(&self) -> GetGuard<'_> {
        GetGuard::new(self)
    }

    /// Begins to store one key.
    #[inline]
    pub fn start_set(&self) -> WriteGuard<'_> {
        WriteGuard::new(self, Write::Set)
    }

    /// Begins to delete one key.
    #[inline]
    pub fn start_delete(&self) -> WriteGuard<'_> {
        WriteGuard::new(self, Write::Delete)
    }

    /// Begins something else.
    #[inline]
    pub fn start_other(&self) -> WriteGuard<'_> {
        WriteGuard::new(self, Write::Other)
    }

    /// Measures a lookup of one key.
    #[inline]
    pub fn get<T: Lookup>(&self, lookup: impl FnOnce() -> T) -> T {
        let guard = self.start_get();
        let answer = lookup();
        guard.answer(&answer);
        answer
    }

    /// Measures the storing of one key.
    #[inline]
    pub fn set<T: Written>(&self, set: impl FnOnce() -> T) -> T {
        written(self.start_set(), set)
    }

    /// Measures the deleting of one key.
    #[inline]
    pub fn delete<T: Written>(&self, delete: impl FnOnce() -> T) -> T {
        written(self.start_delete(), delete)
    }

    /// Measures something else.
    #[inline]
    pub fn other<T: Written>(&self, operation: impl FnOnce() -> T) -> T {
        written(self.start_other(), operation)
    }

    /// Measures a lookup of one key. Dropped before it is ready, it counts as cancelled.
    pub async fn get_async<T: Lookup>(&self, lookup: impl Future<Output = T>) -> T {
        let guard = self.start_get();
        let answer = lookup.await;
        guard.answer(&answer);
        answer
    }

    /// Measures the storing of one key. Dropped before it is ready, it counts as cancelled.
    pub async fn set_async<T: Written>(&self, set: impl Future<Output = T>) -> T {
        written_async(self.start_set(), set).await
    }

    /// Measures the deleting of one key. Dropped before it is ready, it counts as cancelled.
    pub async fn delete_async<T: Written>(&self, delete: impl Future<Output = T>) -> T {
        written_async(self.start_delete(), delete).await
    }

    /// Measures something else. Dropped before it is ready, it counts as cancelled.
    pub async fn other_async<T: Written>(&self, operation: impl Future<Output = T>) -> T {
        written_async(self.start_other(), operation).await
    }

    /// Counts lookups of several keys that ended in the same way: for answers about many keys at once.
    #[inline]
    pub fn count_gets(&self, result: GetResult, keys: u64) {
        self.inner.meters.count_gets(result, keys);
    }

    /// Counts keys that were stored, or were not.
    #[inline]
    pub fn count_sets(&self, result: WriteResult, keys: u64) {
        self.count(Write::Set, result, keys);
    }

    /// Counts keys that were deleted, or were not.
    #[inline]
    pub fn count_deletes(&self, result: WriteResult, keys: u64) {
        self.count(Write::Delete, result, keys);
    }

    /// Measures from now on, until the timer is dropped, how long an operation takes; nothing if durations are not
    /// measured. For operations on many keys, which are counted by themselves.
    #[inline]
    pub fn timer(&self, operation: Operation) -> Option<Timer<HistogramHandle>> {
        self.duration(operation).map(HistogramHandle::start_timer)
    }

    /// Counts entries that the cache takes out by itself. An eviction listener that lives in the cache holds this rather
    /// than a clone of `self`, which [`watch_entries`](Cache::watch_entries) would keep alive for ever.
    pub fn evictions(&self) -> Evictions {
        self.inner.meters.evictions()
    }

    /// Shows at every scrape how many entries there are; `None` shows nothing. It is asked on a thread of the registry
    /// until the last clone of `self` is gone, so it must not hold one. A second call takes the place of the first.
    ///
    /// Two caches have different names or backends; of two that have the same, the scrape shows the first, and
    /// [`registry::check`] says so. Under [`Naming::Django`](crate::Naming::Django), nothing is shown.
    pub fn watch_entries(&self, entries: impl Fn() -> Option<u64> + Send + Sync + 'static) {
        let inner = &self.inner;
        let Some(family) = inner.entries.clone() else { return };
        let collector =
            EntriesCollector { family, cache: inner.name.clone(), backend: inner.backend.clone(), entries };
        let mut registration = inner.registration.lock().unwrap_or_else(PoisonError::into_inner);
        *registration = None;
        *registration = Some(registry::register_collector(collector));
    }

    #[inline]
    pub(super) fn count(&self, what: Write, result: WriteResult, keys: u64) {
        let Inner { meters, name, backend, .. } = &*self.inner;
        meters.count(what, result, keys, name, backend);
    }

    #[inline]
    pub(super) fn duration(&self, operation: Operation) -> Option<HistogramHandle> {
        let Inner { meters, name, backend, .. } = &*self.inner;
        meters.duration(operation, name, backend)
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { name, backend, .. } = &*self.inner;
        f.debug_struct("Cache").field("name", name).field("backend", backend).finish_non_exhaustive()
    }
}

#[inline]
fn written<T: Written>(guard: WriteGuard<'_>, operation: impl FnOnce() -> T) -> T {
    let answer = operation();
    guard.answer(&answer);
    answer
}

async fn written_async<T: Written>(guard: WriteGuard<'_>, operation: impl Future<Output = T>) -> T {
    let answer = operation.await;
    guard.answer(&answer);
    answer
}
