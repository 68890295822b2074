//! What the façade's handles are made of.

use std::sync::{Mutex, MutexGuard, PoisonError};

use metrics::{CounterFn, GaugeFn, HistogramFn, Key};
use tallymark_core::{Counter, Gauge, Histogram, Labellable, Labelled};

use crate::{
    busy::Busy,
    family::{Found, Of},
    rejected::{self, Reason},
};

/// The series of a key, for as long as somebody keeps it.
///
/// Where series come and go, the place of one may be given to another while a handle is kept. The key is looked up again
/// then, so that a kept handle counts for ever.
pub(crate) struct Kept<M: Labellable + 'static> {
    pub(crate) key: Key,
    family: &'static Of<M>,
    labelled: &'static Labelled<M>,
    first: M::Handle,
    later: Mutex<Option<M::Handle>>,
}

impl<M: Labellable + Send + 'static> Kept<M> {
    pub(crate) fn new(key: &Key, family: &'static Of<M>, Found { labelled, handle }: Found<M>) -> Self {
        Self { key: key.to_retained(), family, labelled, first: handle, later: Mutex::new(None) }
    }

    /// Whether it may be handed out again: it counts where its key says.
    #[inline]
    pub(crate) fn is_current(&self) -> bool {
        !self.labelled.is_ended(self.first)
    }

    /// Whether it is one of many that there was no room for.
    pub(crate) fn is_overflow(&self) -> bool {
        self.labelled.is_overflow(self.first)
    }

    #[inline]
    fn handle(&self) -> M::Handle {
        if self.is_current() { self.first } else { self.look_again() }
    }

    #[cold]
    #[inline(never)]
    fn look_again(&self) -> M::Handle {
        let known = *self.later();
        if let Some(handle) = known.filter(|handle| !self.labelled.is_ended(*handle)) {
            return handle;
        }
        // What an allocator counts with this handle while the series is made is dropped, and counted as that.
        let Some(_busy) = Busy::begin() else { return self.first };
        // Nothing is locked meanwhile. Two threads that come here find the same series.
        let Ok(found) = self.family.find(&self.key) else { return self.first };
        *self.later() = Some(found.handle);
        found.handle
    }

    fn later(&self) -> MutexGuard<'_, Option<M::Handle>> {
        self.later.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CounterFn for Kept<Counter> {
    #[inline]
    fn increment(&self, value: u64) {
        self.handle().inc_by(value);
    }

    fn absolute(&self, value: u64) {
        self.labelled.raise(self.handle(), value);
    }
}

impl GaugeFn for Kept<Gauge> {
    fn increment(&self, value: f64) {
        if value.is_finite() {
            self.handle().add(value);
        } else {
            rejected::count(Reason::Value);
        }
    }

    fn decrement(&self, value: f64) {
        GaugeFn::increment(self, -value);
    }

    fn set(&self, value: f64) {
        self.handle().set(value);
    }
}

impl HistogramFn for Kept<Histogram> {
    #[inline]
    fn record(&self, value: f64) {
        self.handle().observe(value);
    }

    fn record_many(&self, value: f64, count: usize) {
        self.handle().observe_many(value, count as u64);
    }
}
