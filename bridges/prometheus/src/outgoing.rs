//! From our families to the `prometheus` crate's.

use prometheus::proto::{
    Bucket, Counter, Gauge, Histogram, LabelPair, Metric, MetricFamily, MetricType, Quantile, Summary,
};
use tallymark_core::{
    Kind, Number,
    visit::{Head, HistogramPoint, Labels, SummaryPoint, Visitor},
};

/// A visitor that builds the `prometheus` crate's model.
#[derive(Default)]
pub(super) struct Families {
    done: Vec<MetricFamily>,
    current: MetricFamily,
    kind: Option<Kind>,
    constant: Vec<LabelPair>,
    metrics: Vec<Metric>,
}

impl Families {
    /// The families that have series.
    pub(super) fn finish(mut self) -> Vec<MetricFamily> {
        self.close();
        self.done
    }

    fn close(&mut self) {
        let mut family = std::mem::take(&mut self.current);
        let metrics = std::mem::take(&mut self.metrics);
        if !metrics.is_empty() {
            family.set_metric(metrics);
            self.done.push(family);
        }
    }

    fn metric(&self, labels: Labels<'_>) -> Metric {
        let own = labels.iter().map(|(name, value)| pair(name, value));
        Metric::from_label(self.constant.iter().cloned().chain(own).collect())
    }
}

impl Visitor for Families {
    fn family(&mut self, head: &Head<'_>) {
        self.close();
        self.kind = Some(head.kind);
        self.current.set_name(head.name.to_owned());
        self.current.set_help(head.help.to_owned());
        self.current.set_field_type(match head.kind {
            Kind::Counter => MetricType::COUNTER,
            Kind::Histogram | Kind::GaugeHistogram => MetricType::HISTOGRAM,
            Kind::Summary => MetricType::SUMMARY,
            // The crate has neither info nor state set, and its text encoder panics at an untyped family.
            _ => MetricType::GAUGE,
        });
        self.constant = head.constant.iter().map(|(name, value)| pair(name, value)).collect();
    }

    fn number(&mut self, labels: Labels<'_>, value: Number) {
        let mut metric = self.metric(labels);
        if self.kind == Some(Kind::Counter) {
            let mut counter = Counter::default();
            counter.set_value(value.as_f64());
            metric.set_counter(counter);
        } else {
            metric.set_gauge(gauge(value.as_f64()));
        }
        self.metrics.push(metric);
    }

    fn histogram(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>) {
        let mut cumulated = 0;
        let buckets = point.bounds.iter().zip(point.counts).map(|(bound, count)| {
            cumulated += count;
            let mut bucket = Bucket::default();
            bucket.set_upper_bound(*bound);
            bucket.set_cumulative_count(cumulated);
            bucket
        });
        let mut histogram = Histogram::default();
        histogram.set_bucket(buckets.collect());
        histogram.set_sample_count(point.count());
        histogram.set_sample_sum(point.sum);
        let mut metric = self.metric(labels);
        metric.set_histogram(histogram);
        self.metrics.push(metric);
    }

    fn summary(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>) {
        let quantiles = point.quantiles.iter().map(|&(quantile, value)| {
            let mut shown = Quantile::default();
            shown.set_quantile(quantile);
            shown.set_value(value);
            shown
        });
        let mut summary = Summary::default();
        summary.set_quantile(quantiles.collect());
        summary.set_sample_count(point.count);
        summary.set_sample_sum(point.sum);
        let mut metric = self.metric(labels);
        metric.set_summary(summary);
        self.metrics.push(metric);
    }

    /// One gauge for each state, with the state in a label named like the family, as the text formats show it.
    fn states(&mut self, labels: Labels<'_>, states: &[&str], current: usize) {
        for (index, state) in states.iter().enumerate() {
            let mut metric = self.metric(labels);
            let mut pairs = metric.take_label();
            pairs.push(pair(self.current.name(), state));
            metric.set_label(pairs);
            metric.set_gauge(gauge(if index == current { 1.0 } else { 0.0 }));
            self.metrics.push(metric);
        }
    }
}

fn gauge(value: f64) -> Gauge {
    let mut gauge = Gauge::default();
    gauge.set_value(value);
    gauge
}

fn pair(name: &str, value: &str) -> LabelPair {
    let mut pair = LabelPair::default();
    pair.set_name(name.to_owned());
    pair.set_value(value.to_owned());
    pair
}
