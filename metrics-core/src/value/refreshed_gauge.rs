//! Gauges that a task asks for their values now and then.

use super::gauge_fn::ToNumber;
use crate::{
    cell::Scope,
    descriptor::Kind,
    label::{LabelSet, MAX_LABELS},
    metric::{Declare, Metric},
    number::Number,
    refresh::{Refresh, Refreshing},
    visit::{Labels, Visitor},
};
use std::{
    collections::BTreeMap,
    future::Future,
    marker::PhantomData,
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// The most series of one family, as of all families with open labels.
const MOST: usize = 2000;

/// The values of all series, by the texts of their labels.
pub type RefreshedValues = BTreeMap<Vec<String>, f64>;

/// Values on their way; `None` if they could not be had.
pub type FetchedValues = Pin<Box<dyn Future<Output = Option<RefreshedValues>> + Send>>;

/// A gauge whose values are fetched now and then. Declared with `#[gauge_refresh]`.
pub struct RefreshedGauge<L = ()> {
    every: Duration,
    timeout: Duration,
    fetch: fn() -> FetchedValues,
    /// Nothing until they were fetched once.
    values: Mutex<RefreshedValues>,
    labels: PhantomData<fn(L)>,
}

impl<L> RefreshedGauge<L> {
    /// A gauge that calls `fetch`.
    pub const fn new(every: Duration, timeout: Duration, fetch: fn() -> FetchedValues) -> Self {
        Self { every, timeout, fetch, values: Mutex::new(BTreeMap::new()), labels: PhantomData }
    }

    fn values(&self) -> MutexGuard<'_, RefreshedValues> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<L> Refresh for RefreshedGauge<L> {
    fn every(&self) -> Duration {
        self.every
    }

    fn timeout(&self) -> Duration {
        self.timeout
    }

    fn refresh(&self) -> Refreshing<'_> {
        Box::pin(async {
            let Some(values) = (self.fetch)().await.filter(|values| values.len() <= MOST) else {
                return false;
            };
            let before = std::mem::replace(&mut *self.values(), values);
            drop(before);
            true
        })
    }
}

impl<L: LabelSet> Declare for RefreshedGauge<L> {
    const KIND: Kind = Kind::Gauge;
    const LABELS: &'static [&'static str] = L::NAMES;
    const ALLOWS_CARDINALITY: bool = L::ALLOWS_CARDINALITY;
}

impl<L: LabelSet> Metric for RefreshedGauge<L> {
    fn visit(&self, _: Scope, visitor: &mut dyn Visitor) {
        // Copied, so that no lock is held while the visitor writes.
        let values = self.values().clone();
        for (texts, value) in values {
            let mut values = [""; MAX_LABELS];
            for (place, text) in values.iter_mut().zip(&texts) {
                *place = text;
            }
            visitor.number(Labels::new(L::NAMES, &values), Number::F64(value));
        }
    }

    fn notes_losses(&self) -> bool {
        true
    }

    fn as_refresh(&self) -> Option<&dyn Refresh> {
        Some(self)
    }
}

/// What a `#[gauge_refresh]` without labels returns.
#[diagnostic::on_unimplemented(
    message = "a gauge cannot be refreshed with `{Self}`",
    label = "not a `Result` of a number",
    note = "return `Result<number, error>`: a number is an integer, a float, a `bool`, or a `Duration`, which is shown in seconds",
    note = "for several series, write `#[gauge_refresh(labels = Labels, …)]`, and return `Result<Vec<(Labels, number)>, error>`"
)]
pub trait RefreshedValue {
    /// The value; `None` if there is an error.
    fn into_values(self) -> Option<RefreshedValues>;
}

impl<N: ToNumber, E> RefreshedValue for Result<N, E> {
    fn into_values(self) -> Option<RefreshedValues> {
        Some(BTreeMap::from([(Vec::new(), self.ok()?.to_number())]))
    }
}

/// What a `#[gauge_refresh]` with labels returns.
#[diagnostic::on_unimplemented(
    message = "a gauge with the labels of `{L}` cannot be refreshed with `{Self}`",
    label = "not a `Result` of labels and numbers",
    note = "return `Result<Vec<({L}, number)>, error>`: a number is an integer, a float, a `bool`, or a `Duration`, which is shown in seconds"
)]
pub trait RefreshedSeries<L> {
    /// The values, the last of those with the same labels; `None` if there is an error.
    fn into_values(self) -> Option<RefreshedValues>;
}

// Says what to return, and not which of the bounds does not hold.
#[diagnostic::do_not_recommend]
impl<L: LabelSet, N: ToNumber, C: IntoIterator<Item = (L, N)>, E> RefreshedSeries<L> for Result<C, E> {
    fn into_values(self) -> Option<RefreshedValues> {
        let series = self.ok()?.into_iter().map(|(labels, number)| {
            let mut texts = Vec::new();
            labels.visit(&mut |text| texts.push(text.to_owned()));
            (texts, number.to_number())
        });
        Some(series.collect())
    }
}
