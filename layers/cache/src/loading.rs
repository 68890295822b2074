//! Lookups that load what they do not find.

use super::{Cache, guard::GetGuard, labels::WriteResult};

/// A lookup that tells by itself whether it loads: a hit unless the loader was called.
pub(super) struct Loading<'a> {
    cache: &'a Cache,
    guard: GetGuard<'a>,
    loads: bool,
}

impl<'a> Loading<'a> {
    #[inline]
    pub(super) fn new(cache: &'a Cache) -> Self {
        Self { cache, guard: cache.start_get(), loads: false }
    }

    /// The loader, watched.
    pub(super) fn watch<T>(&mut self, load: impl FnOnce() -> T) -> impl FnOnce() -> T {
        move || {
            self.begin();
            load()
        }
    }

    /// The loader, watched.
    #[cfg(any(feature = "moka", feature = "quick-cache"))]
    pub(super) async fn watch_async<T>(&mut self, load: impl Future<Output = T>) -> T {
        self.begin();
        load.await
    }

    /// The loader is called: it is a miss.
    pub(super) fn begin(&mut self) {
        self.loads = true;
        self.guard.loading();
    }

    /// There is a value now, loaded or not. What was loaded was stored.
    #[inline]
    pub(super) fn found(self) {
        if self.loads {
            self.cache.count_sets(WriteResult::Ok, 1);
        } else {
            self.guard.hit();
        }
    }

    /// There is a value now, which was made for it if it is fresh.
    #[cfg(feature = "moka")]
    pub(super) fn found_or_fresh(mut self, fresh: bool) {
        if fresh {
            self.begin();
        }
        self.found();
    }

    /// There is still no value: neither was there one, nor did a loader give one, this call's or the one it waited for.
    pub(super) fn not_found(self) {
        if !self.loads {
            self.guard.miss();
        }
    }

    /// The cache failed. If it had found nothing before, and the value was loaded, it was a miss and stored nothing.
    #[cfg(feature = "cached")]
    pub(super) fn failed(self) {
        if self.loads {
            self.cache.count_sets(WriteResult::Error, 1);
        } else {
            self.guard.error();
        }
    }

    #[inline]
    pub(super) fn end(self, found: bool) {
        if found {
            self.found();
        } else {
            self.not_found();
        }
    }
}
