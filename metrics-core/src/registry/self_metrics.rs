//! What the registry says about itself.

use super::{job::caught, state::Registry};
use crate::{
    cell::{Loss, Scope},
    declared::{Declared, Entry},
    descriptor::{Kind, Place},
    lint::Allow,
    metric::{Declare, Metric},
    number::Number,
    visit::{HistogramPoint, Labels, SummaryPoint, Visitor},
};

struct ScrapeDuration;

impl Declare for ScrapeDuration {
    const KIND: Kind = Kind::Histogram;
    const LABELS: &'static [&'static str] = &[];
}

impl Metric for ScrapeDuration {
    fn visit(&self, _: Scope, visitor: &mut dyn Visitor) {
        Registry::global().times.show(visitor);
    }
}

struct Conflicts;

impl Declare for Conflicts {
    const KIND: Kind = Kind::Counter;
    const LABELS: &'static [&'static str] = &[];
}

impl Metric for Conflicts {
    fn visit(&self, _: Scope, visitor: &mut dyn Visitor) {
        visitor.number(Labels::NONE, Number::U64(Registry::global().conflict_count() as u64));
    }
}

struct CollectorErrors;

impl Declare for CollectorErrors {
    const KIND: Kind = Kind::Counter;
    const LABELS: &'static [&'static str] = &["collector"];
}

impl Metric for CollectorErrors {
    fn visit(&self, _: Scope, visitor: &mut dyn Visitor) {
        for (collector, errors) in Registry::global().pool.errors() {
            visitor.number(Labels::new(Self::LABELS, &[&collector]), Number::U64(errors));
        }
    }
}

struct SkippedCollectors;

impl Declare for SkippedCollectors {
    const KIND: Kind = Kind::Counter;
    const LABELS: &'static [&'static str] = &["collector"];
}

impl Metric for SkippedCollectors {
    fn visit(&self, _: Scope, visitor: &mut dyn Visitor) {
        for (collector, skipped) in Registry::global().pool.skipped() {
            visitor.number(Labels::new(Self::LABELS, &[&collector]), Number::U64(skipped));
        }
    }
}

struct RegisteredMetrics;

impl Declare for RegisteredMetrics {
    const KIND: Kind = Kind::Gauge;
    const LABELS: &'static [&'static str] = &["crate"];
}

impl Metric for RegisteredMetrics {
    fn visit(&self, _: Scope, visitor: &mut dyn Visitor) {
        for package in &Registry::global().resolved().packages {
            let total = Number::U64(package.total() as u64);
            visitor.number(Labels::new(Self::LABELS, &[package.name]), total);
        }
    }
}

/// What every metric turned away, as it counts itself.
struct OfEach {
    loss: Loss,
    read: fn(&dyn Metric) -> u64,
}

impl Declare for OfEach {
    const KIND: Kind = Kind::Counter;
    const LABELS: &'static [&'static str] = &["metric"];
}

impl Metric for OfEach {
    fn visit(&self, _: Scope, visitor: &mut dyn Visitor) {
        Registry::global().for_each_losing(self.loss, &mut |name, entry| {
            // A metric of the application's costs its own count when it panics.
            let count = caught(|| (self.read)(entry.metric)).unwrap_or(0);
            if count > 0 {
                visitor.number(Labels::new(Self::LABELS, &[name]), Number::U64(count));
            }
        });
    }
}

struct SeriesOfEach;

impl Declare for SeriesOfEach {
    const KIND: Kind = Kind::Gauge;
    const LABELS: &'static [&'static str] = &["metric"];
}

impl Metric for SeriesOfEach {
    fn visit(&self, scope: Scope, visitor: &mut dyn Visitor) {
        let registry = Registry::global();
        if !registry.counts_series() {
            return;
        }
        registry.for_each_metric(&mut |name, &Entry { metric, .. }| {
            // Itself would be counted for ever, and what calls out may never return.
            if name == SERIES || metric.calls_out() {
                return;
            }
            let mut count = Count(0);
            metric.visit(scope, &mut count);
            visitor.number(Labels::new(Self::LABELS, &[name]), Number::U64(count.0));
        });
    }
}

/// Counts series.
struct Count(u64);

impl Visitor for Count {
    fn family(&mut self, _: &crate::visit::Head<'_>) {}

    fn number(&mut self, _: Labels<'_>, _: Number) {
        self.0 += 1;
    }

    fn histogram(&mut self, _: Labels<'_>, _: HistogramPoint<'_>) {
        self.0 += 1;
    }

    fn summary(&mut self, _: Labels<'_>, _: SummaryPoint<'_>) {
        self.0 += 1;
    }

    fn states(&mut self, _: Labels<'_>, _: &[&str], _: usize) {
        self.0 += 1;
    }
}

const SERIES: &str = "tallymark_series";

const fn declared(name: &'static str, help: &'static str, unit: Option<&'static str>, line: u32) -> Declared {
    let place = Place { package: env!("CARGO_PKG_NAME"), module: module_path!(), file: file!(), line };
    // `tallymark_registered_metrics` counts nothing else than metrics.
    let allow = Allow { name: true, ..Allow::NONE };
    Declared { name, namespaced: true, help, unit, allow, place }
}

/// The families, for the registry's own element.
pub(crate) static ENTRIES: &[Entry] = &[
    Entry::new(
        declared(
            "tallymark_scrape_duration_seconds",
            "Time to produce an exposition, collectors included, network not.",
            Some("seconds"),
            line!(),
        ),
        &ScrapeDuration,
    ),
    Entry::new(
        declared(
            "tallymark_dropped_series_total",
            "Label sets that a metric had no room for, by metric; they are counted as _overflow.",
            None,
            line!(),
        ),
        &OfEach { loss: Loss::Series, read: |metric| metric.dropped_series() },
    ),
    Entry::new(
        declared(
            "tallymark_rejected_observations_total",
            "Observations that were not counted because they were not numbers, infinite or negative, by metric.",
            None,
            line!(),
        ),
        &OfEach { loss: Loss::Observation, read: |metric| metric.rejected_observations() },
    ),
    Entry::new(
        declared(
            "tallymark_dropped_exemplars_total",
            "Exemplars that were left out because their labels were too long or had no valid names, by metric.",
            None,
            line!(),
        ),
        &OfEach { loss: Loss::Exemplar, read: |metric| metric.dropped_exemplars() },
    ),
    Entry::new(
        declared(
            "tallymark_collector_errors_total",
            "Scrapes in which a collector failed, panicked or was late, and families or series of it that could not be \
             shown, by collector.",
            None,
            line!(),
        ),
        &CollectorErrors,
    ),
    Entry::new(
        declared(
            "tallymark_collectors_skipped_total",
            "Scrapes in which a collector was not begun, because others took all the time there was, by collector.",
            None,
            line!(),
        ),
        &SkippedCollectors,
    ),
    Entry::new(
        declared(
            "tallymark_conflicts_total",
            "Conflicts between declarations: metrics, functions, constant labels or shared objects not shown as declared.",
            None,
            line!(),
        ),
        &Conflicts,
    ),
    Entry::new(
        declared(
            "tallymark_registered_metrics",
            "Metrics, annotated functions and models that each crate has registered.",
            None,
            line!(),
        ),
        &RegisteredMetrics,
    ),
    Entry::new(declared(SERIES, "Series of each metric.", None, line!()), &SeriesOfEach),
];
