//! Gauges whose values closures are asked for.

use crate::{
    cell::Scope,
    descriptor::Kind,
    label::{LabelSet, MAX_LABELS},
    metric::{Declare, Metric},
    number::Number,
    visit::{Labels, Visitor},
};
use std::{
    collections::BTreeMap,
    fmt,
    marker::PhantomData,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::gauge_fn::ToNumber;

/// A family of gauges, each of which is a closure that is called when the family is scraped.
///
/// For numbers that are known elsewhere and need not be kept twice, such as the length of each queue. What is one number for the
/// whole program is better a function with `#[gauge_fn]`.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use tallymark_core::{CallbackGauge, place, registry::{self, Declaration}};
///
/// # fn main() -> Result<(), tallymark_core::registry::DeclareError> {
/// // In applications: `#[metric] static MAILS_WAITING: CallbackGauge<Queue<'static>> = CallbackGauge::new();`
/// let waiting: &'static CallbackGauge =
///     Declaration::new("mails_waiting", "Mails that wait.", place!()).declare(CallbackGauge::new)?;
///
/// let mails = Arc::new(Mutex::new(vec!["a", "b"]));
/// let counted = Arc::clone(&mails);
/// let callback = waiting.register((), move || counted.lock().map_or(0, |mails| mails.len()));
///
/// let value = || registry::snapshot().value("mails_waiting", &[]);
/// assert_eq!(value(), Some(2.0));
/// drop(callback);
/// assert_eq!(value(), None);
/// # Ok(())
/// # }
/// ```
///
/// Closures are called on a thread of the registry's, with no lock held, and a scrape waits for them only so long: a family
/// with one that is slow or panics is missing from that scrape, and counted in `tallymark_collector_errors_total`. Of two with
/// the same labels, the first is shown, and the other counted there, too.
pub struct CallbackGauge<L = ()> {
    callbacks: Mutex<Callbacks>,
    labels: PhantomData<fn(L)>,
}

struct Callbacks {
    next: u64,
    /// In the order in which they came.
    all: BTreeMap<u64, Arc<Callback>>,
}

struct Callback {
    values: Vec<String>,
    read: Box<dyn Fn() -> f64 + Send + Sync>,
}

impl<L> CallbackGauge<L> {
    /// A family without gauges.
    #[expect(
        clippy::new_without_default,
        reason = "a metric is a static, and a static needs a const constructor"
    )]
    pub const fn new() -> Self {
        Self { callbacks: Mutex::new(Callbacks { next: 0, all: BTreeMap::new() }), labels: PhantomData }
    }

    fn callbacks(&self) -> MutexGuard<'_, Callbacks> {
        self.callbacks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<L: LabelSet> CallbackGauge<L> {
    /// Shows a gauge with these labels, whose value `read` returns, until what is returned is dropped.
    pub fn register<N: ToNumber>(
        &'static self,
        labels: L::Borrowed<'_>,
        read: impl Fn() -> N + Send + Sync + 'static,
    ) -> GaugeCallback {
        let mut values = Vec::new();
        labels.visit(&mut |value| values.push(value.to_owned()));
        let callback = Arc::new(Callback { values, read: Box::new(move || read().to_number()) });
        let mut callbacks = self.callbacks();
        let id = callbacks.next;
        callbacks.next += 1;
        callbacks.all.insert(id, callback);
        drop(callbacks);
        GaugeCallback {
            remove: Some(Box::new(move || {
                let removed = self.callbacks().all.remove(&id);
                // What the closure holds is the application's, and is dropped when nothing is locked.
                drop(removed);
            })),
        }
    }
}

/// Keeps a gauge of a [`CallbackGauge`] shown until it is dropped.
#[must_use = "dropped at once, the gauge is never shown; `forget` shows it as long as the program runs"]
pub struct GaugeCallback {
    remove: Option<Box<dyn FnOnce() + Send + Sync>>,
}

impl GaugeCallback {
    /// Shows the gauge as long as the program runs.
    pub fn forget(mut self) {
        self.remove = None;
    }
}

impl Drop for GaugeCallback {
    fn drop(&mut self) {
        if let Some(remove) = self.remove.take() {
            remove();
        }
    }
}

impl fmt::Debug for GaugeCallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GaugeCallback").finish_non_exhaustive()
    }
}

impl<L: LabelSet> Declare for CallbackGauge<L> {
    const KIND: Kind = Kind::Gauge;
    const LABELS: &'static [&'static str] = L::NAMES;
    const ALLOWS_CARDINALITY: bool = L::ALLOWS_CARDINALITY;
}

impl<L: LabelSet> Metric for CallbackGauge<L> {
    fn visit(&self, _: Scope, visitor: &mut dyn Visitor) {
        let callbacks: Vec<Arc<Callback>> = self.callbacks().all.values().map(Arc::clone).collect();
        for callback in callbacks {
            let mut values = [""; MAX_LABELS];
            for (place, value) in values.iter_mut().zip(&callback.values) {
                *place = value;
            }
            let labels = Labels::new(L::NAMES, &values);
            visitor.number(labels, Number::F64((callback.read)()));
        }
    }

    fn notes_losses(&self) -> bool {
        true
    }

    fn calls_out(&self) -> bool {
        true
    }
}
