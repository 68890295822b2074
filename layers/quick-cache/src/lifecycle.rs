//! Counting what is evicted.

use tallymark_cache::{EvictionCause, Evictions};
use ::quick_cache::Lifecycle;

/// A lifecycle that counts evictions, and hands everything on to another one.
#[derive(Clone, Debug)]
pub struct CountingLifecycle<L> {
    evictions: Evictions,
    inner: L,
}

impl<L> CountingLifecycle<L> {
    /// Counts what `inner` is told.
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

    // The two below would come here by default, but not to those of `inner`.
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
