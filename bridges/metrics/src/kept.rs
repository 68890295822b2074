//! What the façade's handles are made of.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use metrics::{CounterFn, GaugeFn, HistogramFn, Key};
use tallymark_core::{Counter, Gauge, Histogram, Labellable};

use crate::{
    busy::Busy,
    rejected::{self, Reason},
    signature::{self, Signature},
    values::Values,
};

/// The series of a key, for as long as somebody keeps it.
///
/// Where series come and go, the place of one may be given to another while a handle is kept. The values are looked up again
/// then, so that a kept handle counts for ever.
pub(crate) struct Kept<M: Labellable + 'static> {
    first: M::Handle,
    signature: Arc<Signature<M>>,
    values: Values,
    later: Mutex<Option<M::Handle>>,
}

impl<M: Labellable + Send + 'static> Kept<M> {
    /// Returns the series of a key that has this signature, created on first use.
    pub(crate) fn new(signature: Arc<Signature<M>>, key: &Key) -> Self {
        let values = Values::of(key, &signature);
        let first = signature.series(&signature::values(key));
        Self { first, signature, values, later: Mutex::new(None) }
    }

    /// Whether this is the series of a key whose hash is that of the key it was made for.
    #[inline]
    pub(crate) fn is_of(&self, key: &Key) -> bool {
        self.values.are_of(key, &self.signature)
    }

    /// Whether it may be handed out again: it counts where its key says.
    #[inline]
    pub(crate) fn is_current(&self) -> bool {
        !self.signature.labelled.is_ended(self.first)
    }

    /// Whether it is one of many that there was no room for.
    pub(crate) fn is_overflow(&self) -> bool {
        self.signature.labelled.is_overflow(self.first)
    }

    #[inline]
    fn handle(&self) -> M::Handle {
        if self.is_current() { self.first } else { self.look_again() }
    }

    #[cold]
    #[inline(never)]
    fn look_again(&self) -> M::Handle {
        let known = *self.later();
        if let Some(handle) = known.filter(|handle| !self.signature.labelled.is_ended(*handle)) {
            return handle;
        }
        // What an allocator counts with this handle while the series is made is dropped, and counted as that.
        let Some(_busy) = Busy::begin() else { return self.first };
        // Nothing is locked meanwhile. Two threads that come here find the same series.
        let found = self.signature.series(&self.values.texts());
        *self.later() = Some(found);
        found
    }

    fn later(&self) -> MutexGuard<'_, Option<M::Handle>> {
        self.later.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CounterFn for Kept<Counter> {
    #[inline]
    fn increment(&self, value: u64) {
        if !self.first.inc_at_once(value) {
            increment_slow(self, value);
        }
    }

    fn absolute(&self, value: u64) {
        self.signature.labelled.raise(self.handle(), value);
    }
}

// Behind a call of its own, so that the way past it saves no register.
#[cold]
#[inline(never)]
fn increment_slow(kept: &Kept<Counter>, value: u64) {
    kept.handle().inc_by(value);
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
        if !self.first.observe_at_once(value) {
            record_slow(self, value);
        }
    }

    fn record_many(&self, value: f64, count: usize) {
        self.handle().observe_many(value, count as u64);
    }
}

#[cold]
#[inline(never)]
fn record_slow(kept: &Kept<Histogram>, value: f64) {
    kept.handle().observe(value);
}
