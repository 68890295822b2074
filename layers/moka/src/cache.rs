//! The cache, which `moka::sync` and `moka::future` have alike.

use crate::count::count_eviction;
use moka::notification::RemovalCause;
use std::sync::Arc;
use tallymark_cache::Evictions;

/// The value of the label `backend`.
pub(crate) const BACKEND: &str = "moka";

/// Wraps an eviction listener, so that it counts evictions as well.
pub(crate) fn counting<K, V, R>(
    evictions: Evictions,
    listener: impl Fn(Arc<K>, V, RemovalCause) -> R + Send + Sync + 'static,
) -> impl Fn(Arc<K>, V, RemovalCause) -> R + Send + Sync + 'static {
    move |key, value, cause| {
        count_eviction(evictions, cause);
        listener(key, value, cause)
    }
}

/// Writes `InstrumentedCache` for the cache of one of moka's modules. What differs is given:
///
/// - `moka`: the module, `sync` or `future`;
/// - `fn`, `await`: whether methods are waited for;
/// - `watch`: the method of `LoadGuard` that wraps a loader;
/// - `value`, `option`, `result`: the bounds of a loader of `V`, `Option<V>` and `Result<V, E>`.
macro_rules! instrumented_cache {
    (
        moka: $moka:ident,
        fn: [$($fn:tt)+],
        await: [$($await:tt)*],
        watch: $watch:ident,
        value: [$($value:tt)+],
        option: [$($option:tt)+],
        result: [$($result:tt)+],
    ) => {
        #[doc = concat!("A [`moka::", stringify!($moka), "::Cache`] that is measured.")]
        ///
        /// Its methods have the names and arguments of moka's and return what those return. [The page of this
        /// package](crate#what-counts-as-what) says what counts as what. Clones are the same cache.
        pub struct InstrumentedCache<K, V, S = RandomState> {
            inner: moka::$moka::Cache<K, V, S>,
            cache: Cache,
        }

        impl<K, V> InstrumentedCache<K, V>
        where
            K: Hash + Eq + Send + Sync + 'static,
            V: Clone + Send + Sync + 'static,
        {
            /// Builds the cache that `moka` describes, which has no eviction listener, and counts its evictions.
            ///
            /// # Errors
            ///
            /// Returns the errors of [`CacheBuilder::build`].
            pub fn build(
                builder: CacheBuilder,
                moka: moka::$moka::CacheBuilder<K, V, moka::$moka::Cache<K, V>>,
            ) -> Result<Self, BuildError> {
                Self::build_with_listener(builder, moka, |_, _, _| {})
            }

            /// Builds the cache that `moka` describes with this eviction listener, and counts its evictions.
            ///
            /// # Errors
            ///
            /// Returns the errors of [`CacheBuilder::build`].
            pub fn build_with_listener(
                builder: CacheBuilder,
                moka: moka::$moka::CacheBuilder<K, V, moka::$moka::Cache<K, V>>,
                listener: impl Fn(Arc<K>, V, RemovalCause) + Send + Sync + 'static,
            ) -> Result<Self, BuildError> {
                let cache = builder.default_backend(BACKEND).build()?;
                let inner = moka.eviction_listener(counting(cache.evictions(), listener)).build();
                Ok(Self::watched(cache, inner))
            }
        }

        impl<K, V, S> InstrumentedCache<K, V, S>
        where
            K: Hash + Eq + Send + Sync + 'static,
            V: Clone + Send + Sync + 'static,
            S: BuildHasher + Clone + Send + Sync + 'static,
        {
            /// Measures a cache that was built elsewhere. Its evictions are not counted; see
            /// [`count_eviction`](crate::count_eviction).
            ///
            /// # Errors
            ///
            /// Returns the errors of [`CacheBuilder::build`].
            pub fn wrap(
                builder: CacheBuilder,
                inner: moka::$moka::Cache<K, V, S>,
            ) -> Result<Self, BuildError> {
                Ok(Self::watched(builder.default_backend(BACKEND).build()?, inner))
            }

            fn watched(cache: Cache, inner: moka::$moka::Cache<K, V, S>) -> Self {
                let counted = inner.clone();
                cache.watch_entries(move || Some(counted.entry_count()));
                Self { inner, cache }
            }

            /// Calls moka's `get`; counts a lookup.
            #[inline]
            pub $($fn)+ get<Q>(&self, key: &Q) -> Option<V>
            where
                Q: Equivalent<K> + Hash + ?Sized,
            {
                let guard = self.cache.start_get();
                let value = self.inner.get(key)$($await)*;
                guard.end_with(&value);
                value
            }

            /// Calls moka's `get_with`; counts a lookup, and a set if it loads.
            #[inline]
            pub $($fn)+ get_with(&self, key: K, init: impl $($value)+) -> V {
                let mut load = self.cache.start_load();
                let value = self.inner.get_with(key, load.$watch(init))$($await)*;
                load.found();
                value
            }

            /// Calls moka's `get_with_by_ref`; counts a lookup, and a set if it loads.
            #[inline]
            pub $($fn)+ get_with_by_ref<Q>(&self, key: &Q, init: impl $($value)+) -> V
            where
                Q: Equivalent<K> + ToOwned<Owned = K> + Hash + ?Sized,
            {
                let mut load = self.cache.start_load();
                let value = self.inner.get_with_by_ref(key, load.$watch(init))$($await)*;
                load.found();
                value
            }

            /// Calls moka's `optionally_get_with`; counts a lookup, and a set if it loads.
            #[inline]
            pub $($fn)+ optionally_get_with<F>(&self, key: K, init: F) -> Option<V>
            where
                F: $($option)+,
            {
                let mut load = self.cache.start_load();
                let value = self.inner.optionally_get_with(key, load.$watch(init))$($await)*;
                load.end(value.is_some());
                value
            }

            /// Calls moka's `optionally_get_with_by_ref`; counts a lookup, and a set if it loads.
            #[inline]
            pub $($fn)+ optionally_get_with_by_ref<F, Q>(&self, key: &Q, init: F) -> Option<V>
            where
                F: $($option)+,
                Q: Equivalent<K> + ToOwned<Owned = K> + Hash + ?Sized,
            {
                let mut load = self.cache.start_load();
                let value = self.inner.optionally_get_with_by_ref(key, load.$watch(init))$($await)*;
                load.end(value.is_some());
                value
            }

            /// Calls moka's `try_get_with`; counts a lookup, and a set if it loads.
            ///
            /// # Errors
            ///
            /// Returns the error of a loader: of this call or of the one it waited for. The lookup is then a miss.
            #[inline]
            pub $($fn)+ try_get_with<F, E>(&self, key: K, init: F) -> Result<V, Arc<E>>
            where
                F: $($result)+,
                E: Send + Sync + 'static,
            {
                let mut load = self.cache.start_load();
                let value = self.inner.try_get_with(key, load.$watch(init))$($await)*;
                load.end(value.is_ok());
                value
            }

            /// Calls moka's `try_get_with_by_ref`; counts a lookup, and a set if it loads.
            ///
            /// # Errors
            ///
            /// Returns the error of a loader: of this call or of the one it waited for. The lookup is then a miss.
            #[inline]
            pub $($fn)+ try_get_with_by_ref<F, E, Q>(&self, key: &Q, init: F) -> Result<V, Arc<E>>
            where
                F: $($result)+,
                E: Send + Sync + 'static,
                Q: Equivalent<K> + ToOwned<Owned = K> + Hash + ?Sized,
            {
                let mut load = self.cache.start_load();
                let value = self.inner.try_get_with_by_ref(key, load.$watch(init))$($await)*;
                load.end(value.is_ok());
                value
            }

            /// Calls moka's `insert`; counts a set.
            #[inline]
            pub $($fn)+ insert(&self, key: K, value: V) {
                let guard = self.cache.start_set();
                self.inner.insert(key, value)$($await)*;
                guard.ok();
            }

            /// Calls moka's `invalidate`; counts a delete.
            #[inline]
            pub $($fn)+ invalidate<Q>(&self, key: &Q)
            where
                Q: Equivalent<K> + Hash + ?Sized,
            {
                let guard = self.cache.start_delete();
                self.inner.invalidate(key)$($await)*;
                guard.ok();
            }

            /// Calls moka's `remove`; counts a delete.
            #[inline]
            pub $($fn)+ remove<Q>(&self, key: &Q) -> Option<V>
            where
                Q: Equivalent<K> + Hash + ?Sized,
            {
                let guard = self.cache.start_delete();
                let value = self.inner.remove(key)$($await)*;
                guard.end_with(&value);
                value
            }

            /// Calls moka's `run_pending_tasks`; counts nothing.
            pub $($fn)+ run_pending_tasks(&self) {
                self.inner.run_pending_tasks()$($await)*;
            }

            /// Returns the entry of a key, as moka's `entry`; what is done with it is counted.
            pub fn entry(&self, key: K) -> InstrumentedEntry<'_, K, V, S> {
                InstrumentedEntry::new(&self.cache, self.inner.entry(key))
            }

            /// Returns the entry of a key, as moka's `entry_by_ref`; what is done with it is counted.
            pub fn entry_by_ref<'a, Q>(&'a self, key: &'a Q) -> InstrumentedEntryByRef<'a, K, Q, V, S>
            where
                Q: Equivalent<K> + ToOwned<Owned = K> + Hash + ?Sized,
            {
                InstrumentedEntryByRef::new(&self.cache, self.inner.entry_by_ref(key))
            }

            /// Calls moka's `invalidate_all`; counts an `other` operation.
            pub fn invalidate_all(&self) {
                self.cache.other(|| self.inner.invalidate_all());
            }

            /// Calls moka's `invalidate_entries_if`; counts an `other` operation.
            ///
            /// # Errors
            ///
            /// Returns an error if the cache was built without support for invalidation closures.
            pub fn invalidate_entries_if<F>(
                &self,
                predicate: F,
            ) -> Result<moka::$moka::PredicateId, PredicateError>
            where
                F: Fn(&K, &V) -> bool + Send + Sync + 'static,
            {
                let guard = self.cache.start_other();
                let id = self.inner.invalidate_entries_if(predicate);
                guard.end_with(&id.is_ok().then_some(()).ok_or(()));
                id
            }

            /// Calls moka's `contains_key`; counts nothing.
            pub fn contains_key<Q>(&self, key: &Q) -> bool
            where
                Q: Equivalent<K> + Hash + ?Sized,
            {
                self.inner.contains_key(key)
            }

            /// Calls moka's `iter`; counts nothing.
            pub fn iter(&self) -> moka::$moka::Iter<'_, K, V> {
                self.inner.iter()
            }
        }

        impl<K, V, S> InstrumentedCache<K, V, S> {
            /// Returns the name that moka's builder was given. The label `cache` is [`Cache::name`].
            pub fn name(&self) -> Option<&str> {
                self.inner.name()
            }

            /// Returns moka's `policy`.
            pub fn policy(&self) -> Policy {
                self.inner.policy()
            }

            /// Returns moka's `entry_count`.
            pub fn entry_count(&self) -> u64 {
                self.inner.entry_count()
            }

            /// Returns moka's `weighted_size`.
            pub fn weighted_size(&self) -> u64 {
                self.inner.weighted_size()
            }

            /// Returns moka's cache, for calls that are not to be counted.
            pub fn inner(&self) -> &moka::$moka::Cache<K, V, S> {
                &self.inner
            }

            /// Returns the [`Cache`] that counts.
            pub fn cache(&self) -> &Cache {
                &self.cache
            }
        }

        impl<K, V, S> Clone for InstrumentedCache<K, V, S> {
            fn clone(&self) -> Self {
                Self { inner: self.inner.clone(), cache: self.cache.clone() }
            }
        }

        impl<K, V, S> fmt::Debug for InstrumentedCache<K, V, S> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct("InstrumentedCache").field("cache", &self.cache).finish_non_exhaustive()
            }
        }

        impl<'a, K, V, S> IntoIterator for &'a InstrumentedCache<K, V, S>
        where
            K: Hash + Eq + Send + Sync + 'static,
            V: Clone + Send + Sync + 'static,
            S: BuildHasher + Clone + Send + Sync + 'static,
        {
            type Item = (Arc<K>, V);
            type IntoIter = moka::$moka::Iter<'a, K, V>;

            fn into_iter(self) -> Self::IntoIter {
                self.iter()
            }
        }
    };
}

pub(crate) use instrumented_cache;
