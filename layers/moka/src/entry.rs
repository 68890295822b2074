//! One key of a cache, which `moka::sync` and `moka::future` have alike.

/// Writes `InstrumentedEntry` and `InstrumentedEntryByRef` for the entry selectors of one of moka's modules. What
/// differs is given, beside what `instrumented_cache!` is given:
///
/// - `send`: what is asked of the condition of `or_insert_with_if`;
/// - `generics`: the type of a closure's future, where closures return one;
/// - `upsert`, `compute`, `try_compute`: what the closures return, and the bounds of it.
macro_rules! instrumented_entries {
    (moka: $moka:ident, $($dialect:tt)*) => {
        #[doc = concat!("One key of an [`InstrumentedCache`], as [`moka::", stringify!($moka), "::OwnedKeyEntrySelector`].")]
        #[must_use = "nothing is looked up before a method is called"]
        pub struct InstrumentedEntry<'a, K, V, S> {
            cache: &'a Cache,
            inner: moka::$moka::OwnedKeyEntrySelector<'a, K, V, S>,
        }

        #[doc = concat!("One key of an [`InstrumentedCache`], as [`moka::", stringify!($moka), "::RefKeyEntrySelector`].")]
        #[must_use = "nothing is looked up before a method is called"]
        pub struct InstrumentedEntryByRef<'a, K, Q: ?Sized, V, S> {
            cache: &'a Cache,
            inner: moka::$moka::RefKeyEntrySelector<'a, K, Q, V, S>,
        }

        impl<K, V, S> fmt::Debug for InstrumentedEntry<'_, K, V, S> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct("InstrumentedEntry").field("cache", self.cache).finish_non_exhaustive()
            }
        }

        impl<K, Q: ?Sized, V, S> fmt::Debug for InstrumentedEntryByRef<'_, K, Q, V, S> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct("InstrumentedEntryByRef").field("cache", self.cache).finish_non_exhaustive()
            }
        }

        instrumented_entries! {
            @methods
            ['a, K, V, S] InstrumentedEntry<'a, K, V, S>,
            moka::$moka::OwnedKeyEntrySelector<'a, K, V, S>,
            [],
            $($dialect)*
        }

        instrumented_entries! {
            @methods
            ['a, K, Q, V, S] InstrumentedEntryByRef<'a, K, Q, V, S>,
            moka::$moka::RefKeyEntrySelector<'a, K, Q, V, S>,
            [Q: Equivalent<K> + ToOwned<Owned = K> + Hash + ?Sized],
            $($dialect)*
        }
    };
    (
        @methods
        [$($impl:tt)*] $entry:ty,
        $selector:ty,
        [$($bounds:tt)*],
        fn: [$($fn:tt)+],
        await: [$($await:tt)*],
        watch: $watch:ident,
        value: [$($value:tt)+],
        option: [$($option:tt)+],
        result: [$($result:tt)+],
        send: [$($send:tt)*],
        generics: [$($generics:tt)*],
        upsert: [$upsert:ty] [$($upsert_bounds:tt)*],
        compute: [$compute:ty] [$($compute_bounds:tt)*],
        try_compute: [$try_compute:ty] [$($try_compute_bounds:tt)*],
    ) => {
        impl<$($impl)*> $entry
        where
            K: Hash + Eq + Send + Sync + 'static,
            V: Clone + Send + Sync + 'static,
            S: BuildHasher + Clone + Send + Sync + 'static,
            $($bounds)*
        {
            fn new(cache: &'a Cache, inner: $selector) -> Self {
                Self { cache, inner }
            }

            /// Calls moka's `or_default`; counts a lookup, and a set if there was no value.
            pub $($fn)+ or_default(self) -> Entry<K, V>
            where
                V: Default,
            {
                let mut load = self.cache.start_load();
                let entry = self.inner.or_default()$($await)*;
                if entry.is_fresh() {
                    load.begin();
                }
                load.found();
                entry
            }

            /// Calls moka's `or_insert`; counts a lookup, and a set if there was no value.
            pub $($fn)+ or_insert(self, default: V) -> Entry<K, V> {
                let mut load = self.cache.start_load();
                let entry = self.inner.or_insert(default)$($await)*;
                if entry.is_fresh() {
                    load.begin();
                }
                load.found();
                entry
            }

            /// Calls moka's `or_insert_with`; counts a lookup, and a set if it loads.
            pub $($fn)+ or_insert_with(self, init: impl $($value)+) -> Entry<K, V> {
                let mut load = self.cache.start_load();
                let entry = self.inner.or_insert_with(load.$watch(init))$($await)*;
                load.found();
                entry
            }

            /// Calls moka's `or_insert_with_if`; counts a lookup, and a set if it loads.
            pub $($fn)+ or_insert_with_if(
                self,
                init: impl $($value)+,
                replace_if: impl FnMut(&V) -> bool $($send)*,
            ) -> Entry<K, V> {
                let mut load = self.cache.start_load();
                let entry = self.inner.or_insert_with_if(load.$watch(init), replace_if)$($await)*;
                load.found();
                entry
            }

            /// Calls moka's `or_optionally_insert_with`; counts a lookup, and a set if it loads.
            pub $($fn)+ or_optionally_insert_with(self, init: impl $($option)+) -> Option<Entry<K, V>> {
                let mut load = self.cache.start_load();
                let entry = self.inner.or_optionally_insert_with(load.$watch(init))$($await)*;
                load.end(entry.is_some());
                entry
            }

            /// Calls moka's `or_try_insert_with`; counts a lookup, and a set if it loads.
            ///
            /// # Errors
            ///
            /// Returns the error of a loader: of this call or of the one it waited for. The lookup is then a miss.
            pub $($fn)+ or_try_insert_with<F, E>(self, init: F) -> Result<Entry<K, V>, Arc<E>>
            where
                F: $($result)+,
                E: Send + Sync + 'static,
            {
                let mut load = self.cache.start_load();
                let entry = self.inner.or_try_insert_with(load.$watch(init))$($await)*;
                load.end(entry.is_ok());
                entry
            }

            /// Calls moka's `and_upsert_with`; counts a lookup and a set.
            pub $($fn)+ and_upsert_with<F, $($generics)*>(self, f: F) -> Entry<K, V>
            where
                F: FnOnce(Option<Entry<K, V>>) -> $upsert,
                $($upsert_bounds)*
            {
                let entry = self.inner.and_upsert_with(counting_lookup(self.cache, f))$($await)*;
                self.cache.count_sets(WriteResult::Ok, 1);
                entry
            }

            /// Calls moka's `and_compute_with`; counts a lookup, and a set or a delete.
            pub $($fn)+ and_compute_with<F, $($generics)*>(self, f: F) -> CompResult<K, V>
            where
                F: FnOnce(Option<Entry<K, V>>) -> $compute,
                $($compute_bounds)*
            {
                let result = self.inner.and_compute_with(counting_lookup(self.cache, f))$($await)*;
                count_computed(self.cache, &result);
                result
            }

            /// Calls moka's `and_try_compute_with`; counts a lookup, and a set or a delete.
            ///
            /// # Errors
            ///
            /// Returns the error of the closure.
            pub $($fn)+ and_try_compute_with<F, $($generics)* E>(self, f: F) -> Result<CompResult<K, V>, E>
            where
                F: FnOnce(Option<Entry<K, V>>) -> $try_compute,
                E: Send + Sync + 'static,
                $($try_compute_bounds)*
            {
                let result = self.inner.and_try_compute_with(counting_lookup(self.cache, f))$($await)*;
                if let Ok(result) = &result {
                    count_computed(self.cache, result);
                }
                result
            }
        }
    };
}

pub(crate) use instrumented_entries;
