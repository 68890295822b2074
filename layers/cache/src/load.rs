//! Lookups that load what they do not find.

use crate::{
    guard::GetGuard,
    labels::{WriteKind, WriteResult},
    meters::Meters,
};

/// A lookup that may load the value; returned by [`Cache::start_load`](crate::Cache::start_load).
///
/// For caches that take the loader along with the key, such as `get_or_insert_with`: they do not report whether they
/// called it, so the guard wraps the loader. If the loader runs, the lookup is a miss and what it loaded is a set;
/// otherwise the lookup is a hit.
///
/// ```
/// use std::collections::HashMap;
/// use tallymark_cache::{BuildError, Cache};
///
/// # fn main() -> Result<(), BuildError> {
/// let mut prices: HashMap<&str, u32> = HashMap::new();
/// let cache = Cache::builder("prices").backend("map").build()?;
///
/// for _ in 0..2 {
///     let mut load = cache.start_load();
///     let price = *prices.entry("tea").or_insert_with(load.watch(|| 3));
///     load.found();
///     assert_eq!(price, 3);
/// }
///
/// let snapshot = tallymark::registry::snapshot();
/// let gets = |result| {
///     snapshot.counter("cache_gets_total", &[("cache", "prices"), ("backend", "map"), ("result", result)])
/// };
/// assert_eq!((gets("miss"), gets("hit")), (Some(1), Some(1)));
/// # Ok(())
/// # }
/// ```
///
/// Dropped without a result, it counts as a miss if the loader has begun, as an error if the thread is panicking, and
/// as cancelled otherwise.
#[derive(Debug)]
#[must_use = "dropped at once, it counts as cancelled"]
pub struct LoadGuard<'a> {
    meters: &'a Meters,
    guard: GetGuard<'a>,
    loads: bool,
}

impl<'a> LoadGuard<'a> {
    #[inline]
    pub(crate) fn new(meters: &'a Meters) -> Self {
        Self { meters, guard: GetGuard::new(meters), loads: false }
    }

    /// Wraps the loader, so that calling it makes the lookup a miss.
    pub fn watch<T>(&mut self, load: impl FnOnce() -> T) -> impl FnOnce() -> T {
        move || {
            self.begin();
            load()
        }
    }

    /// Wraps the loader's future, so that polling it makes the lookup a miss.
    pub async fn watch_future<T>(&mut self, load: impl Future<Output = T>) -> T {
        self.begin();
        load.await
    }

    /// Notes that the loader runs, where it cannot be wrapped.
    pub fn begin(&mut self) {
        self.loads = true;
        self.guard.loading();
    }

    /// Ends the lookup with a value. If it was loaded, it was stored as well.
    #[inline]
    pub fn found(self) {
        if self.loads {
            self.meters.count_writes(WriteKind::Set, WriteResult::Ok, 1);
        } else {
            self.guard.hit();
        }
    }

    /// Ends the lookup without a value: there was none, and no loader returned one, neither this call's nor the one
    /// that it waited for.
    pub fn not_found(self) {
        if !self.loads {
            self.guard.miss();
        }
    }

    /// Ends the lookup with a failure of the cache. If the loader had run, the lookup is a miss and the failure one of
    /// the set.
    pub fn failed(self) {
        if self.loads {
            self.meters.count_writes(WriteKind::Set, WriteResult::Error, 1);
        } else {
            self.guard.error();
        }
    }

    /// Ends the lookup with or without a value.
    #[inline]
    pub fn end(self, found: bool) {
        if found {
            self.found();
        } else {
            self.not_found();
        }
    }
}
