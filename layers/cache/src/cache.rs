//! One cache, as it is counted.

use crate::{
    entries::{EntriesFamily, Source, Watch},
    evictions::Evictions,
    guard::{GetGuard, WriteGuard},
    labels::{CacheOperation, GetResult, WriteKind, WriteResult},
    load::LoadGuard,
    meters::Meters,
    result::{ToGetResult, ToWriteResult},
};
use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tallymark_core::{HistogramHandle, Timer};

/// Counts what one cache does. The wrappers hold one; to measure a cache that has none, make one and put it around the
/// calls.
///
/// ```
/// use std::{collections::HashMap, sync::Mutex};
/// use tallymark_cache::{BuildError, Cache};
///
/// # fn main() -> Result<(), BuildError> {
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
/// Clones count in the same series.
#[derive(Clone)]
pub struct Cache {
    inner: Arc<Inner>,
}

struct Inner {
    meters: Meters,
    entries: EntriesFamily,
    watch: Mutex<Option<Watch>>,
}

impl Cache {
    pub(crate) fn new(meters: Meters, entries: EntriesFamily) -> Self {
        Self { inner: Arc::new(Inner { meters, entries, watch: Mutex::default() }) }
    }

    /// Returns the value of the label `cache`.
    pub fn name(&self) -> &str {
        self.inner.meters.name()
    }

    /// Returns the value of the label `backend`.
    pub fn backend(&self) -> &str {
        self.inner.meters.backend()
    }

    /// Starts a lookup of one key.
    #[inline]
    pub fn start_get(&self) -> GetGuard<'_> {
        GetGuard::new(&self.inner.meters)
    }

    /// Starts a lookup of one key that loads the value if the key is not in the cache.
    #[inline]
    pub fn start_load(&self) -> LoadGuard<'_> {
        LoadGuard::new(&self.inner.meters)
    }

    /// Starts to store one key.
    #[inline]
    pub fn start_set(&self) -> WriteGuard<'_> {
        self.start_write(WriteKind::Set)
    }

    /// Starts to delete one key.
    #[inline]
    pub fn start_delete(&self) -> WriteGuard<'_> {
        self.start_write(WriteKind::Delete)
    }

    /// Starts an operation that neither looks up, stores nor deletes a key.
    #[inline]
    pub fn start_other(&self) -> WriteGuard<'_> {
        self.start_write(WriteKind::Other)
    }

    /// Starts a write of this kind.
    #[inline]
    pub fn start_write(&self, kind: WriteKind) -> WriteGuard<'_> {
        WriteGuard::new(&self.inner.meters, kind)
    }

    /// Measures a lookup of one key.
    #[inline]
    pub fn get<T: ToGetResult>(&self, lookup: impl FnOnce() -> T) -> T {
        let guard = self.start_get();
        let returned = lookup();
        guard.end_with(&returned);
        returned
    }

    /// Measures the storing of one key.
    #[inline]
    pub fn set<T: ToWriteResult>(&self, set: impl FnOnce() -> T) -> T {
        write(self.start_set(), set)
    }

    /// Measures the deleting of one key.
    #[inline]
    pub fn delete<T: ToWriteResult>(&self, delete: impl FnOnce() -> T) -> T {
        write(self.start_delete(), delete)
    }

    /// Measures an operation that neither looks up, stores nor deletes a key.
    #[inline]
    pub fn other<T: ToWriteResult>(&self, operation: impl FnOnce() -> T) -> T {
        write(self.start_other(), operation)
    }

    /// Measures a lookup of one key. If the future is dropped before it is ready, the lookup counts as cancelled.
    pub async fn get_async<T: ToGetResult>(&self, lookup: impl Future<Output = T>) -> T {
        let guard = self.start_get();
        let returned = lookup.await;
        guard.end_with(&returned);
        returned
    }

    /// Measures the storing of one key. If the future is dropped before it is ready, the set counts as cancelled.
    pub async fn set_async<T: ToWriteResult>(&self, set: impl Future<Output = T>) -> T {
        write_async(self.start_set(), set).await
    }

    /// Measures the deleting of one key. If the future is dropped before it is ready, the delete counts as cancelled.
    pub async fn delete_async<T: ToWriteResult>(&self, delete: impl Future<Output = T>) -> T {
        write_async(self.start_delete(), delete).await
    }

    /// Measures an operation that neither looks up, stores nor deletes a key. If the future is dropped before it is
    /// ready, the operation counts as cancelled.
    pub async fn other_async<T: ToWriteResult>(&self, operation: impl Future<Output = T>) -> T {
        write_async(self.start_other(), operation).await
    }

    /// Counts lookups of several keys that ended in the same way: for commands about many keys at once.
    #[inline]
    pub fn count_gets(&self, result: GetResult, keys: u64) {
        self.inner.meters.count_gets(result, keys);
    }

    /// Counts sets of several keys that ended in the same way.
    #[inline]
    pub fn count_sets(&self, result: WriteResult, keys: u64) {
        self.count_writes(WriteKind::Set, result, keys);
    }

    /// Counts deletes of several keys that ended in the same way.
    #[inline]
    pub fn count_deletes(&self, result: WriteResult, keys: u64) {
        self.count_writes(WriteKind::Delete, result, keys);
    }

    /// Counts writes of this kind that ended in the same way.
    #[inline]
    pub fn count_writes(&self, kind: WriteKind, result: WriteResult, keys: u64) {
        self.inner.meters.count_writes(kind, result, keys);
    }

    /// Starts a timer that measures the operation until it is dropped; `None` if durations are not measured. For
    /// operations on many keys, whose keys are counted by `count_gets` and its like.
    #[inline]
    pub fn timer(&self, operation: CacheOperation) -> Option<Timer<HistogramHandle>> {
        self.inner.meters.timer(operation)
    }

    /// Returns what counts entries that the cache removes by itself. An eviction listener that lives in the cache holds
    /// this rather than a clone of `self`, which [`watch_entries`](Self::watch_entries) would keep alive for ever.
    pub fn evictions(&self) -> Evictions {
        self.inner.meters.evictions()
    }

    /// Shows the number of entries at every scrape; `None` shows nothing. A second call replaces the first.
    ///
    /// The closure is called on a thread of the registry until the last clone of `self` is dropped, so it must not hold
    /// one. It returns at once: one collector asks all caches of a namespace, and one of them that keeps it waiting
    /// beyond the registry's deadline costs all of them this scrape. A panic costs its own cache only. See
    /// [`watch_slow_entries`](Self::watch_slow_entries) for a number that has to be fetched.
    ///
    /// Of two caches with the same name and backend, a scrape shows the first, and counts an error in
    /// `tallymark_collector_errors_total{collector="cache_entries"}`.
    pub fn watch_entries(&self, entries: impl Fn() -> Option<u64> + Send + Sync + 'static) {
        self.watch(Watch::shared, Box::new(entries));
    }

    /// Shows the number of entries as [`watch_entries`](Self::watch_entries) does, by a collector of this cache's own.
    /// If the closure takes longer than the registry's deadline, its cache alone is missing from the scrape.
    pub fn watch_slow_entries(&self, entries: impl Fn() -> Option<u64> + Send + Sync + 'static) {
        self.watch(Watch::own, Box::new(entries));
    }

    fn watch(
        &self,
        start: fn(&EntriesFamily, Source) -> Watch,
        entries: Box<dyn Fn() -> Option<u64> + Send + Sync + 'static>,
    ) {
        let (cache, backend) = (self.name().to_owned(), self.backend().to_owned());
        // The old one ends first, so that no scrape sees both. What it holds is the user's, and is dropped unlocked.
        let old = self.watch_slot().take();
        drop(old);
        let watch = start(&self.inner.entries, Source { cache, backend, entries });
        let raced = self.watch_slot().replace(watch);
        drop(raced);
    }

    fn watch_slot(&self) -> MutexGuard<'_, Option<Watch>> {
        self.inner.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.meters.fmt(f)
    }
}

#[inline]
fn write<T: ToWriteResult>(guard: WriteGuard<'_>, operation: impl FnOnce() -> T) -> T {
    let returned = operation();
    guard.end_with(&returned);
    returned
}

async fn write_async<T: ToWriteResult>(guard: WriteGuard<'_>, operation: impl Future<Output = T>) -> T {
    let returned = operation.await;
    guard.end_with(&returned);
    returned
}
