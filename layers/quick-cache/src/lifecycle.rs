//! Counting evictions.

use quick_cache::Lifecycle;
use tallymark_cache::{EvictionCause, Evictions};

/// A [`Lifecycle`] that counts evictions, and passes every call on to another one.
#[derive(Clone, Debug)]
pub struct CountingLifecycle<L> {
    evictions: Evictions,
    inner: L,
}

impl<L> CountingLifecycle<L> {
    /// Counts the evictions that `inner` is told of.
    pub fn new(evictions: Evictions, inner: L) -> Self {
        Self { evictions, inner }
    }
}

impl<K, V, L: Lifecycle<K, V>> Lifecycle<K, V> for CountingLifecycle<L> {
    type RequestState = L::RequestState;

    #[inline]
    fn is_pinned(&self, key: &K, value: &V) -> bool {
        self.inner.is_pinned(key, value)
    }

    #[inline]
    fn before_evict(&self, state: &mut Self::RequestState, key: &K, value: &mut V) {
        self.inner.before_evict(state, key, value);
    }

    #[inline]
    fn on_evict(&self, state: &mut Self::RequestState, key: K, value: V) {
        self.evictions.count(EvictionCause::Size);
        self.inner.on_evict(state, key, value);
    }

    // The defaults of the two below call `on_evict`, but not the methods of these names of `inner`.
    #[inline]
    fn on_evict_cold(&self, state: &mut Self::RequestState, key: K, value: V) {
        self.evictions.count(EvictionCause::Size);
        self.inner.on_evict_cold(state, key, value);
    }

    #[inline]
    fn on_evict_hot(&self, state: &mut Self::RequestState, key: K, value: V) {
        self.evictions.count(EvictionCause::Size);
        self.inner.on_evict_hot(state, key, value);
    }
}
