//! Caches for tasks: [`moka::future`].

use crate::{
    cache::{BACKEND, counting, instrumented_cache},
    count::{count_computed, counting_lookup},
    entry::instrumented_entries,
};
use moka::{
    Entry, Equivalent, Policy, PredicateError,
    notification::{ListenerFuture, RemovalCause},
    ops::compute::{CompResult, Op},
};
use std::{
    collections::hash_map::RandomState,
    fmt,
    hash::{BuildHasher, Hash},
    sync::Arc,
};
use tallymark_cache::{BuildError, Cache, CacheBuilder, WriteResult};

instrumented_cache! {
    moka: future,
    fn: [async fn],
    await: [.await],
    watch: watch_future,
    value: [Future<Output = V>],
    option: [Future<Output = Option<V>>],
    result: [Future<Output = Result<V, E>>],
}

instrumented_entries! {
    moka: future,
    fn: [async fn],
    await: [.await],
    watch: watch_future,
    value: [Future<Output = V>],
    option: [Future<Output = Option<V>>],
    result: [Future<Output = Result<V, E>>],
    send: [+ Send],
    generics: [Fut,],
    upsert: [Fut] [Fut: Future<Output = V>,],
    compute: [Fut] [Fut: Future<Output = Op<V>>,],
    try_compute: [Fut] [Fut: Future<Output = Result<Op<V>, E>>,],
}

impl<K, V> InstrumentedCache<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Builds the cache that `moka` describes with this asynchronous eviction listener, and counts its evictions.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`CacheBuilder::build`].
    pub fn build_with_async_listener(
        builder: CacheBuilder,
        moka: moka::future::CacheBuilder<K, V, moka::future::Cache<K, V>>,
        listener: impl Fn(Arc<K>, V, RemovalCause) -> ListenerFuture + Send + Sync + 'static,
    ) -> Result<Self, BuildError> {
        let cache = builder.default_backend(BACKEND).build()?;
        let inner = moka.async_eviction_listener(counting(cache.evictions(), listener)).build();
        Ok(Self::watched(cache, inner))
    }
}

/// Writes the method that only the entries of `moka::future` have.
macro_rules! if_nobody_else {
    ([$($impl:tt)*] $entry:ty, [$($bounds:tt)*]) => {
        impl<$($impl)*> $entry
        where
            K: Hash + Eq + Send + Sync + 'static,
            V: Clone + Send + Sync + 'static,
            S: BuildHasher + Clone + Send + Sync + 'static,
            $($bounds)*
        {
            /// Calls moka's `and_try_compute_if_nobody_else`; counts a lookup, and a set or a delete.
            ///
            /// # Errors
            ///
            /// Returns the error of the closure.
            pub async fn and_try_compute_if_nobody_else<F, Fut, E>(self, f: F) -> Result<CompResult<K, V>, E>
            where
                F: FnOnce(Option<Entry<K, V>>) -> Fut,
                Fut: Future<Output = Result<Op<V>, E>>,
                E: Send + Sync + 'static,
            {
                let compute = counting_lookup(self.cache, f);
                let result = self.inner.and_try_compute_if_nobody_else(compute).await;
                if let Ok(result) = &result {
                    count_computed(self.cache, result);
                }
                result
            }
        }
    };
}

if_nobody_else!([K, V, S] InstrumentedEntry<'_, K, V, S>, []);
if_nobody_else!(
    [K, Q, V, S] InstrumentedEntryByRef<'_, K, Q, V, S>,
    [Q: Equivalent<K> + ToOwned<Owned = K> + Hash + ?Sized]
);
