//! From a visit to owned families.

use super::{Family, HistogramValue, Series, StatesValue, SummaryValue, Value};
use crate::{
    number::Number,
    visit::{Details, Head, HistogramPoint, Labels, SummaryPoint, Visitor},
};

/// A visitor that keeps what it is shown.
#[derive(Default)]
pub(crate) struct Recorder {
    families: Vec<Family>,
}

impl Recorder {
    pub(crate) fn into_families(self) -> Vec<Family> {
        self.families
    }

    fn add(&mut self, labels: Labels<'_>, value: Value, details: &Details<'_>) {
        if let Some(family) = self.families.last_mut() {
            let labels = labels.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            let (exemplars, created) = (details.exemplars.to_vec(), details.created);
            family.series.push(Series { labels, value, exemplars, created });
        }
    }
}

impl Visitor for Recorder {
    fn family(&mut self, head: &Head<'_>) {
        self.families.push(Family {
            name: head.name.to_owned(),
            help: head.help.to_owned(),
            kind: head.kind,
            unit: head.unit.map(ToOwned::to_owned),
            series: Vec::new(),
        });
    }

    fn number(&mut self, labels: Labels<'_>, value: Number) {
        self.number_with(labels, value, &Details::default());
    }

    fn histogram(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>) {
        self.histogram_with(labels, point, &Details::default());
    }

    fn summary(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>) {
        self.summary_with(labels, point, &Details::default());
    }

    fn number_with(&mut self, labels: Labels<'_>, value: Number, details: &Details<'_>) {
        self.add(labels, Value::Number(value), details);
    }

    fn histogram_with(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>, details: &Details<'_>) {
        let value = HistogramValue {
            bounds: point.bounds.to_vec(),
            counts: point.counts.to_vec(),
            sum: point.sum,
            native: details.native.cloned(),
        };
        self.add(labels, Value::Histogram(value), details);
    }

    fn summary_with(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>, details: &Details<'_>) {
        let value = SummaryValue { count: point.count, sum: point.sum, quantiles: point.quantiles.to_vec() };
        self.add(labels, Value::Summary(value), details);
    }

    fn states(&mut self, labels: Labels<'_>, states: &[&str], current: usize) {
        let states = states.iter().map(ToString::to_string).collect();
        self.add(labels, Value::States(StatesValue { states, current }), &Details::default());
    }
}
