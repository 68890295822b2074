//! Exemplars that are given with an observation.

use crate::{
    attachments,
    cell::OFF,
    label::{LabelSet, SameLabels},
    value::{Amount, Counter, CounterHandle, Histogram, HistogramHandle},
};

impl<L, V> Counter<L, V> {
    /// Keeps [exemplars](crate::exemplar): one for each series. Those whose labels cannot be an exemplar's are left
    /// out, which `tallymark_dropped_exemplars_total` counts.
    #[must_use]
    pub const fn exemplars(mut self) -> Self {
        self.series.options_mut().set_exemplars();
        self
    }
}

impl<L: LabelSet, V: Amount> Counter<L, V> {
    /// Counts `amount`, and if the counter [keeps exemplars](Counter::exemplars) for what. Labels that cannot be an
    /// exemplar's, see [`ExemplarLabels::push`](crate::exemplar::ExemplarLabels::push), are not kept.
    pub fn inc_with_exemplar(&self, amount: V, labels: &[(&str, &str)])
    where
        (): SameLabels<L>,
    {
        self.handle().inc_with_exemplar(amount, labels);
    }
}

impl<V: Amount> CounterHandle<V> {
    /// Counts `amount`, and if the counter [keeps exemplars](Counter::exemplars) for what. Labels that cannot be an
    /// exemplar's, see [`ExemplarLabels::push`](crate::exemplar::ExemplarLabels::push), are not kept.
    pub fn inc_with_exemplar(self, amount: V, labels: &[(&str, &str)]) {
        match attachments::of(self.slot.first()) {
            Some(attached) if !OFF => self.inc_attached(attached, amount, Some(labels)),
            _ => self.inc_by(amount),
        }
    }
}

impl<L> Histogram<L> {
    /// Keeps [exemplars](crate::exemplar): one for each bucket, or ten if the buckets are native. Those whose labels
    /// cannot be an exemplar's are left out, which `tallymark_dropped_exemplars_total` counts.
    #[must_use]
    pub const fn exemplars(mut self) -> Self {
        self.series.options_mut().set_exemplars();
        self
    }
}

impl<L: LabelSet> Histogram<L> {
    /// Observes one value, and if the histogram [keeps exemplars](Histogram::exemplars) which one it was. Labels that
    /// cannot be an exemplar's, see [`ExemplarLabels::push`](crate::exemplar::ExemplarLabels::push), are not kept.
    pub fn observe_with_exemplar(&self, value: f64, labels: &[(&str, &str)])
    where
        (): SameLabels<L>,
    {
        self.handle().observe_with_exemplar(value, labels);
    }
}

impl HistogramHandle {
    /// Observes one value, and if the histogram [keeps exemplars](Histogram::exemplars) which one it was. Labels that
    /// cannot be an exemplar's, see [`ExemplarLabels::push`](crate::exemplar::ExemplarLabels::push), are not kept.
    pub fn observe_with_exemplar(self, value: f64, labels: &[(&str, &str)]) {
        match attachments::of(self.slot.first()) {
            Some(attached) if !OFF => self.observe_attached(attached, value, Some(labels)),
            _ => self.observe(value),
        }
    }
}
