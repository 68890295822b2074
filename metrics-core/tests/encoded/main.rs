//! What metrics show of themselves beside their values: native buckets, exemplars, and since when they count.
#![allow(missing_docs, reason = "tests")]

#[path = "../common/mod.rs"]
mod common;
mod created;
mod exemplars;
mod native;

use tallymark_core::{
    Metric, Number, Scope,
    exemplar::Exemplar,
    snapshot::NativeHistogram,
    visit::{Details, Head, HistogramPoint, Labels, SummaryPoint, Visitor},
};

/// One series as it was shown.
#[derive(Clone, Debug, Default)]
struct Shown {
    labels: Vec<String>,
    number: f64,
    counts: Vec<u64>,
    sum: f64,
    native: Option<NativeHistogram>,
    exemplars: Vec<Exemplar>,
}

#[derive(Default)]
struct Notes(Vec<Shown>);

impl Notes {
    fn add(&mut self, labels: Labels<'_>, details: &Details<'_>) -> &mut Shown {
        self.0.push(Shown {
            labels: labels.values().iter().map(ToString::to_string).collect(),
            native: details.native.cloned(),
            exemplars: details.exemplars.to_vec(),
            ..Shown::default()
        });
        self.0.last_mut().expect("just added")
    }
}

impl Visitor for Notes {
    fn family(&mut self, _: &Head<'_>) {}

    fn number(&mut self, labels: Labels<'_>, value: Number) {
        self.number_with(labels, value, &Details::default());
    }

    fn histogram(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>) {
        self.histogram_with(labels, point, &Details::default());
    }

    fn summary(&mut self, labels: Labels<'_>, _: SummaryPoint<'_>) {
        self.add(labels, &Details::default());
    }

    fn number_with(&mut self, labels: Labels<'_>, value: Number, details: &Details<'_>) {
        self.add(labels, details).number = value.as_f64();
    }

    fn histogram_with(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>, details: &Details<'_>) {
        let shown = self.add(labels, details);
        (shown.counts, shown.sum) = (point.counts.to_vec(), point.sum);
    }

    fn states(&mut self, labels: Labels<'_>, _: &[&str], _: usize) {
        self.add(labels, &Details::default());
    }
}

/// What a scrape would show of a metric.
fn shown(metric: &dyn Metric) -> Vec<Shown> {
    let mut notes = Notes::default();
    metric.visit(Scope::Process, &mut notes);
    notes.0
}
