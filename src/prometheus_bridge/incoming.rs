//! From the `prometheus` crate's families to ours.

use prometheus::proto::{self, MetricFamily, MetricType};
use tallymark_core::{
    Kind,
    visit::{Head, HistogramPoint, Labels, Number, SummaryPoint, Visitor},
};

use super::model;

/// Hands over a family and its series.
pub(super) fn show(family: &MetricFamily, visitor: &mut dyn Visitor) {
    let kind = kind(family.get_field_type());
    visitor.family(&Head { name: family.name(), help: family.help(), kind, unit: None, constant: &[] });
    for metric in family.get_metric() {
        let pairs = metric.get_label();
        let names: Vec<&str> = pairs.iter().map(proto::LabelPair::name).collect();
        let values: Vec<&str> = pairs.iter().map(proto::LabelPair::value).collect();
        let labels = Labels::new(&names, &values);
        match kind {
            Kind::Counter => visitor.number(labels, Number::F64(model::counter(metric))),
            Kind::Gauge => visitor.number(labels, Number::F64(model::gauge(metric))),
            Kind::Histogram => histogram(metric, labels, visitor),
            Kind::Summary => summary(metric, labels, visitor),
            _ => visitor.number(labels, Number::F64(model::untyped(metric))),
        }
    }
}

fn kind(of: MetricType) -> Kind {
    match of {
        MetricType::COUNTER => Kind::Counter,
        MetricType::GAUGE => Kind::Gauge,
        MetricType::HISTOGRAM => Kind::Histogram,
        MetricType::SUMMARY => Kind::Summary,
        MetricType::UNTYPED => Kind::Unknown,
    }
}

/// Cumulated counts become counts of each bucket. What is above the last finite bound is in the total only.
fn histogram(metric: &proto::Metric, labels: Labels<'_>, visitor: &mut dyn Visitor) {
    let histogram = metric.get_histogram();
    // Collectors of an application's own may hand over anything.
    let mut buckets: Vec<(f64, u64)> = histogram
        .get_bucket()
        .iter()
        .map(|bucket| (bucket.upper_bound(), bucket.cumulative_count()))
        .filter(|(bound, _)| bound.is_finite())
        .collect();
    buckets.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    buckets.dedup_by_key(|(bound, _)| *bound);

    let mut below = 0;
    let mut counts = Vec::with_capacity(buckets.len() + 1);
    let mut bounds = Vec::with_capacity(buckets.len());
    for (bound, cumulated) in buckets {
        bounds.push(bound);
        counts.push(cumulated.saturating_sub(below));
        below = below.max(cumulated);
    }
    counts.push(histogram.get_sample_count().saturating_sub(below));
    let point = HistogramPoint { bounds: &bounds, counts: &counts, sum: histogram.get_sample_sum() };
    visitor.histogram(labels, point);
}

fn summary(metric: &proto::Metric, labels: Labels<'_>, visitor: &mut dyn Visitor) {
    let summary = metric.get_summary();
    let quantiles: Vec<(f64, f64)> =
        summary.get_quantile().iter().map(|quantile| (quantile.quantile(), quantile.value())).collect();
    visitor.summary(
        labels,
        SummaryPoint { count: summary.sample_count(), sum: summary.sample_sum(), quantiles: &quantiles },
    );
}
