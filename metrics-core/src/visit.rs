//! The seam between what holds values and what shows them.
//!
//! A metric does not build a model of itself. It calls a [`Visitor`] once for each series, with borrowed labels and
//! plain numbers. Text encoders, the `prometheus` bridge and snapshots are visitors.

use crate::{descriptor::Kind, exemplar::Exemplar, native::NativeHistogram, number::Number};
use std::time::Duration;

/// The head of a family: what `# HELP`, `# TYPE` and `# UNIT` are written from.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// The whole name, namespace included. Counters carry their `_total`; encoders remove it where a format wants
    /// that.
    pub name: &'a str,
    /// The help text, not yet escaped.
    pub help: &'a str,
    /// The kind.
    pub kind: Kind,
    /// The base unit, if there is one.
    pub unit: Option<&'a str>,
    /// Labels that every series carries, before its own. Names are valid and do not clash with the family's own.
    pub constant: &'a [(String, String)],
}

/// The labels of one series: names and values side by side. Values are not yet escaped.
#[derive(Clone, Copy, Debug)]
pub struct Labels<'a> {
    names: &'a [&'a str],
    values: &'a [&'a str],
    clean: bool,
    fixed: bool,
}

impl<'a> Labels<'a> {
    /// No labels.
    pub const NONE: Labels<'static> = Labels { names: &[], values: &[], clean: true, fixed: true };

    /// Names and values in the same order.
    ///
    /// A value without a name, or a name without a value, is left out.
    pub fn new(names: &'a [&'a str], values: &'a [&'a str]) -> Self {
        let pairs = names.len().min(values.len());
        Self { names: &names[..pairs], values: &values[..pairs], clean: false, fixed: false }
    }

    /// Names and values in the same order, where the caller knows that no value holds a backslash, a double quote or a
    /// line feed. The names outlive the program, so encoders may know them again by their address.
    pub(crate) fn new_clean(names: &'static [&'static str], values: &'a [&'a str]) -> Self {
        Self { clean: true, fixed: true, ..Self::new(names, values) }
    }

    /// Whether the names live as long as the program.
    pub(crate) fn is_fixed(&self) -> bool {
        self.fixed
    }

    /// Whether it is known that no value needs escaping. `false` means it is not known.
    pub(crate) fn is_clean(&self) -> bool {
        self.clean
    }

    /// The label names.
    pub fn names(&self) -> &'a [&'a str] {
        self.names
    }

    /// The label values, in the order of the names.
    pub fn values(&self) -> &'a [&'a str] {
        self.values
    }

    /// Names and values in pairs.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.names.iter().copied().zip(self.values.iter().copied())
    }

    /// Whether there are no labels.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

/// One histogram series at one moment.
#[derive(Clone, Copy, Debug)]
pub struct HistogramPoint<'a> {
    /// The finite upper bounds, sorted. The `+Inf` bucket is not among them.
    pub bounds: &'a [f64],
    /// Observations in each bucket, **not** cumulated; one more than bounds, the last is `+Inf`.
    pub counts: &'a [u64],
    /// The sum of all finite observations.
    pub sum: f64,
}

impl HistogramPoint<'_> {
    /// The number of observations: the sum over the buckets, so the two can never disagree.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }
}

/// One summary series at one moment.
#[derive(Clone, Copy, Debug)]
pub struct SummaryPoint<'a> {
    /// The number of observations.
    pub count: u64,
    /// The sum of all finite observations.
    pub sum: f64,
    /// Quantiles (`0.0..=1.0`) and their values; often none.
    pub quantiles: &'a [(f64, f64)],
}

/// What may be known of a series beside its value.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Details<'a> {
    /// When it was created, as the time since 1970.
    pub created: Option<Duration>,
    /// Some of what was observed, in no particular order.
    pub exemplars: &'a [Exemplar],
    /// The native buckets of a histogram. The buckets of its point have the same number of observations; a histogram
    /// that has only native ones has one for all of them.
    pub native: Option<&'a NativeHistogram>,
}

impl Details<'_> {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.created.is_none() && self.exemplars.is_empty() && self.native.is_none()
    }
}

/// What is called with every family and series.
///
/// The caller first calls [`family`](Visitor::family), then one of the others for each series of that family, as its
/// kind demands. A visitor never fails: what it cannot take, it leaves out and counts.
pub trait Visitor {
    /// A new family begins.
    fn family(&mut self, head: &Head<'_>);

    /// A counter, gauge, info (value 1) or unknown series.
    fn number(&mut self, labels: Labels<'_>, value: Number);

    /// A histogram series.
    fn histogram(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>);

    /// A summary series.
    fn summary(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>);

    /// A counter, gauge, info or unknown series with details. Unless overridden, [`number`](Visitor::number) without
    /// them.
    fn number_with(&mut self, labels: Labels<'_>, value: Number, details: &Details<'_>) {
        let _ = details;
        self.number(labels, value);
    }

    /// A histogram series with details. Unless overridden, [`histogram`](Visitor::histogram) without them.
    fn histogram_with(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>, details: &Details<'_>) {
        let _ = details;
        self.histogram(labels, point);
    }

    /// A summary series with details. Unless overridden, [`summary`](Visitor::summary) without them.
    fn summary_with(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>, details: &Details<'_>) {
        let _ = details;
        self.summary(labels, point);
    }

    /// An up-down counter: a gauge whose values may be added up over processes, which OTLP tells apart from other gauges.
    fn up_down(&mut self, labels: Labels<'_>, value: Number) {
        self.number(labels, value);
    }

    /// A whole family at once, if this visitor takes it so: `lines` are those of a counter without labels in the text
    /// formats, up to its number. Returns `false` without doing anything if it is to be shown piece by piece.
    #[doc(hidden)]
    fn prepared(&mut self, lines: &'static str, value: Number) -> bool {
        let _ = (lines, value);
        false
    }

    /// A state set: its states, and which of them is on.
    fn states(&mut self, labels: Labels<'_>, states: &[&str], current: usize);
}
