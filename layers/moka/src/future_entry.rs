//! What `entry` and `entry_by_ref` give.

use super::count_computed;
use tallymark_cache::{Cache, Lookup, WriteResult, loading::Loading};
use ::moka::{
    Entry, Equivalent,
    future::{OwnedKeyEntrySelector, RefKeyEntrySelector},
    ops::compute::{CompResult, Op},
};
use std::{
    fmt,
    hash::{BuildHasher, Hash},
    sync::Arc,
};

/// One key of a [`FutureCache`](super::FutureCache), as moka's [`OwnedKeyEntrySelector`].
#[must_use = "nothing is looked up before a method is called"]
pub struct FutureEntry<'a, K, V, S> {
    cache: &'a Cache,
    inner: OwnedKeyEntrySelector<'a, K, V, S>,
}

/// One key of a [`FutureCache`](super::FutureCache), as moka's [`RefKeyEntrySelector`].
#[must_use = "nothing is looked up before a method is called"]
pub struct FutureEntryByRef<'a, K, Q: ?Sized, V, S> {
    cache: &'a Cache,
    inner: RefKeyEntrySelector<'a, K, Q, V, S>,
}

impl<K, V, S> fmt::Debug for FutureEntry<'_, K, V, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FutureEntry").field("cache", self.cache).finish_non_exhaustive()
    }
}

impl<K, Q: ?Sized, V, S> fmt::Debug for FutureEntryByRef<'_, K, Q, V, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FutureEntryByRef").field("cache", self.cache).finish_non_exhaustive()
    }
}

/// Watches what a closure is given, which tells a hit from a miss.
fn seen<K, V, T>(
    cache: &Cache,
    f: impl FnOnce(Option<Entry<K, V>>) -> T,
) -> impl FnOnce(Option<Entry<K, V>>) -> T {
    move |entry| {
        cache.count_gets(entry.get_result(), 1);
        f(entry)
    }
}

macro_rules! methods {
    ([$($generics:tt)*] $entry:ty, $selector:ty, [$($bounds:tt)*]) => {
        impl<$($generics)*> $entry
        where
            K: Hash + Eq + Send + Sync + 'static,
            V: Clone + Send + Sync + 'static,
            S: BuildHasher + Clone + Send + Sync + 'static,
            $($bounds)*
        {
            pub(super) fn new(cache: &'a Cache, inner: $selector) -> Self {
                Self { cache, inner }
            }

            /// As moka's; a lookup, and a set if nothing was there.
            pub async fn or_default(self) -> Entry<K, V>
            where
                V: Default,
            {
                let loading = Loading::new(self.cache);
                let entry = self.inner.or_default().await;
                loading.found_or_fresh(entry.is_fresh());
                entry
            }

            /// As moka's; a lookup, and a set if nothing was there.
            pub async fn or_insert(self, default: V) -> Entry<K, V> {
                let loading = Loading::new(self.cache);
                let entry = self.inner.or_insert(default).await;
                loading.found_or_fresh(entry.is_fresh());
                entry
            }

            /// As moka's; a lookup, and a set if it loads.
            pub async fn or_insert_with(self, init: impl Future<Output = V>) -> Entry<K, V> {
                let mut loading = Loading::new(self.cache);
                let entry = self.inner.or_insert_with(loading.watch_async(init)).await;
                loading.found();
                entry
            }

            /// As moka's; a lookup, and a set if it loads.
            pub async fn or_insert_with_if(
                self,
                init: impl Future<Output = V>,
                replace_if: impl FnMut(&V) -> bool + Send,
            ) -> Entry<K, V> {
                let mut loading = Loading::new(self.cache);
                let entry = self.inner.or_insert_with_if(loading.watch_async(init), replace_if).await;
                loading.found();
                entry
            }

            /// As moka's; a lookup, and a set if it loads.
            pub async fn or_optionally_insert_with(self, init: impl Future<Output = Option<V>>) -> Option<Entry<K, V>> {
                let mut loading = Loading::new(self.cache);
                let entry = self.inner.or_optionally_insert_with(loading.watch_async(init)).await;
                loading.end(entry.is_some());
                entry
            }

            /// As moka's; a lookup, and a set if it loads.
            ///
            /// # Errors
            ///
            /// Those of a loader: of this call or of the one it waited for. The lookup is a miss then.
            pub async fn or_try_insert_with<F, E>(self, init: F) -> Result<Entry<K, V>, Arc<E>>
            where
                F: Future<Output = Result<V, E>>,
                E: Send + Sync + 'static,
            {
                let mut loading = Loading::new(self.cache);
                let entry = self.inner.or_try_insert_with(loading.watch_async(init)).await;
                loading.end(entry.is_ok());
                entry
            }

            /// As moka's; a lookup and a set.
            pub async fn and_upsert_with<F, Fut>(self, f: F) -> Entry<K, V>
            where
                F: FnOnce(Option<Entry<K, V>>) -> Fut,
                Fut: Future<Output = V>,
            {
                let entry = self.inner.and_upsert_with(seen(self.cache, f)).await;
                self.cache.count_sets(WriteResult::Ok, 1);
                entry
            }

            /// As moka's; a lookup, and a set or a delete.
            pub async fn and_compute_with<F, Fut>(self, f: F) -> CompResult<K, V>
            where
                F: FnOnce(Option<Entry<K, V>>) -> Fut,
                Fut: Future<Output = Op<V>>,
            {
                let result = self.inner.and_compute_with(seen(self.cache, f)).await;
                count_computed(self.cache, &result);
                result
            }

            /// As moka's; a lookup, and a set or a delete.
            ///
            /// # Errors
            ///
            /// Those of the closure.
            pub async fn and_try_compute_with<F, Fut, E>(self, f: F) -> Result<CompResult<K, V>, E>
            where
                F: FnOnce(Option<Entry<K, V>>) -> Fut,
                Fut: Future<Output = Result<Op<V>, E>>,
                E: Send + Sync + 'static,
            {
                let result = self.inner.and_try_compute_with(seen(self.cache, f)).await;
                if let Ok(result) = &result {
                    count_computed(self.cache, result);
                }
                result
            }

            /// As moka's; a lookup, and a set or a delete.
            ///
            /// # Errors
            ///
            /// Those of the closure.
            pub async fn and_try_compute_if_nobody_else<F, Fut, E>(self, f: F) -> Result<CompResult<K, V>, E>
            where
                F: FnOnce(Option<Entry<K, V>>) -> Fut,
                Fut: Future<Output = Result<Op<V>, E>>,
                E: Send + Sync + 'static,
            {
                let result = self.inner.and_try_compute_if_nobody_else(seen(self.cache, f)).await;
                if let Ok(result) = &result {
                    count_computed(self.cache, result);
                }
                result
            }
        }
    };
}

methods!(['a, K, V, S] FutureEntry<'a, K, V, S>, OwnedKeyEntrySelector<'a, K, V, S>, []);
methods!(
    ['a, K, Q, V, S] FutureEntryByRef<'a, K, Q, V, S>,
    RefKeyEntrySelector<'a, K, Q, V, S>,
    [Q: Equivalent<K> + ToOwned<Owned = K> + Hash + ?Sized]
);
