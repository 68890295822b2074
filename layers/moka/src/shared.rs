//! What both caches have and neither waits for.

/// Writes it for a cache of `moka::sync` or `moka::future`.
macro_rules! shared {
    ($Cache:ident, $moka:ident, $Entry:ident, $EntryByRef:ident) => {
        impl<K, V, S> Clone for $Cache<K, V, S> {
            fn clone(&self) -> Self {
                Self { inner: self.inner.clone(), cache: self.cache.clone() }
            }
        }

        impl<K, V, S> fmt::Debug for $Cache<K, V, S> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($Cache)).field("cache", &self.cache).finish_non_exhaustive()
            }
        }

        impl<K, V, S> $Cache<K, V, S>
        where
            K: Hash + Eq + Send + Sync + 'static,
            V: Clone + Send + Sync + 'static,
            S: BuildHasher + Clone + Send + Sync + 'static,
        {
            /// Measures a cache that is there already, all but its evictions.
            ///
            /// # Errors
            ///
            /// As [`CacheBuilder::build`] does.
            pub fn wrap(
                builder: CacheBuilder,
                inner: ::moka::$moka::Cache<K, V, S>,
            ) -> Result<Self, CacheError> {
                Ok(Self::watched(builder.or_backend(BACKEND).build()?, inner))
            }

            fn watched(cache: Cache, inner: ::moka::$moka::Cache<K, V, S>) -> Self {
                let counted = inner.clone();
                cache.watch_entries(move || Some(counted.entry_count()));
                Self { inner, cache }
            }

            /// As moka's; what is done with the entry is counted.
            pub fn entry(&self, key: K) -> $Entry<'_, K, V, S> {
                $Entry::new(&self.cache, self.inner.entry(key))
            }

            /// As moka's; what is done with the entry is counted.
            pub fn entry_by_ref<'a, Q>(&'a self, key: &'a Q) -> $EntryByRef<'a, K, Q, V, S>
            where
                Q: Equivalent<K> + ToOwned<Owned = K> + Hash + ?Sized,
            {
                $EntryByRef::new(&self.cache, self.inner.entry_by_ref(key))
            }

            /// As moka's; an `other` operation.
            pub fn invalidate_all(&self) {
                self.cache.other(|| self.inner.invalidate_all());
            }

            /// As moka's; an `other` operation.
            ///
            /// # Errors
            ///
            /// If the cache was built without support for invalidation closures.
            pub fn invalidate_entries_if<F>(
                &self,
                predicate: F,
            ) -> Result<::moka::$moka::PredicateId, PredicateError>
            where
                F: Fn(&K, &V) -> bool + Send + Sync + 'static,
            {
                let guard = self.cache.start_other();
                let id = self.inner.invalidate_entries_if(predicate);
                guard.end(id.as_ref().map(drop).write_result());
                id
            }

            /// As moka's; not counted.
            pub fn contains_key<Q>(&self, key: &Q) -> bool
            where
                Q: Equivalent<K> + Hash + ?Sized,
            {
                self.inner.contains_key(key)
            }

            /// As moka's; not counted.
            pub fn iter(&self) -> ::moka::$moka::Iter<'_, K, V> {
                self.inner.iter()
            }
        }

        impl<K, V, S> $Cache<K, V, S> {
            /// As moka's; the label `cache` is [`Cache::name`].
            pub fn name(&self) -> Option<&str> {
                self.inner.name()
            }

            /// As moka's.
            pub fn policy(&self) -> Policy {
                self.inner.policy()
            }

            /// As moka's.
            pub fn entry_count(&self) -> u64 {
                self.inner.entry_count()
            }

            /// As moka's.
            pub fn weighted_size(&self) -> u64 {
                self.inner.weighted_size()
            }

            /// The cache itself, for what is not to be counted.
            pub fn inner(&self) -> &::moka::$moka::Cache<K, V, S> {
                &self.inner
            }

            /// What it is counted as.
            pub fn cache(&self) -> &Cache {
                &self.cache
            }
        }

        impl<'a, K, V, S> IntoIterator for &'a $Cache<K, V, S>
        where
            K: Hash + Eq + Send + Sync + 'static,
            V: Clone + Send + Sync + 'static,
            S: BuildHasher + Clone + Send + Sync + 'static,
        {
            type Item = (Arc<K>, V);
            type IntoIter = ::moka::$moka::Iter<'a, K, V>;

            fn into_iter(self) -> Self::IntoIter {
                self.iter()
            }
        }
    };
}

pub(super) use shared;
