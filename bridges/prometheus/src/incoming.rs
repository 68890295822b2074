//! From the `prometheus` crate's families to ours.

use prometheus::proto::{self, MetricFamily, MetricType};
use tallymark_core::{
    Kind, Number,
    snapshot::{Family, HistogramValue, Series, SummaryValue, Value},
};

use super::model;

/// A family with its series, their labels in the order in which they came.
pub(super) fn family(theirs: &MetricFamily) -> Family {
    let kind = kind(theirs.get_field_type());
    let series = theirs.get_metric().iter().map(|metric| Series::new(labels(metric), value(kind, metric)));
    Family {
        name: theirs.name().to_owned(),
        help: theirs.help().to_owned(),
        kind,
        unit: None,
        series: series.collect(),
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

fn labels(metric: &proto::Metric) -> Vec<(String, String)> {
    metric.get_label().iter().map(|pair| (pair.name().to_owned(), pair.value().to_owned())).collect()
}

fn value(kind: Kind, metric: &proto::Metric) -> Value {
    match kind {
        Kind::Counter => Value::Number(Number::F64(model::counter(metric))),
        Kind::Gauge => Value::Number(Number::F64(model::gauge(metric))),
        Kind::Histogram => Value::Histogram(histogram(metric.get_histogram())),
        Kind::Summary => Value::Summary(summary(metric.get_summary())),
        _ => Value::Number(Number::F64(model::untyped(metric))),
    }
}

/// Cumulated counts become counts of each bucket. What is above the last finite bound is in the total only.
fn histogram(theirs: &proto::Histogram) -> HistogramValue {
    // Collectors of an application's own may hand over anything.
    let mut buckets: Vec<(f64, u64)> = theirs
        .get_bucket()
        .iter()
        .map(|bucket| (bucket.upper_bound(), bucket.cumulative_count()))
        .filter(|(bound, _)| bound.is_finite())
        .collect();
    buckets.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    buckets.dedup_by_key(|(bound, _)| *bound);

    let mut below = 0;
    let mut ours = HistogramValue { sum: theirs.get_sample_sum(), ..HistogramValue::default() };
    for (bound, cumulated) in buckets {
        ours.bounds.push(bound);
        ours.counts.push(cumulated.saturating_sub(below));
        below = below.max(cumulated);
    }
    ours.counts.push(theirs.get_sample_count().saturating_sub(below));
    ours
}

fn summary(theirs: &proto::Summary) -> SummaryValue {
    let quantiles = theirs.get_quantile().iter().map(|quantile| (quantile.quantile(), quantile.value()));
    SummaryValue { count: theirs.sample_count(), sum: theirs.sample_sum(), quantiles: quantiles.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(buckets: &[(f64, u64)], count: u64) -> (Vec<f64>, Vec<u64>) {
        let mut theirs = proto::Histogram::default();
        let buckets = buckets.iter().map(|&(bound, cumulated)| {
            let mut bucket = proto::Bucket::default();
            bucket.set_upper_bound(bound);
            bucket.set_cumulative_count(cumulated);
            bucket
        });
        theirs.set_bucket(buckets.collect());
        theirs.set_sample_count(count);
        let ours = histogram(&theirs);
        (ours.bounds, ours.counts)
    }

    #[test]
    fn buckets() {
        let inf = f64::INFINITY;
        let table = [
            ("as the crate makes them", &[(0.1, 1), (1.0, 4)][..], 6, vec![0.1, 1.0], vec![1, 3, 2]),
            ("with the last one", &[(0.1, 1), (1.0, 4), (inf, 6)], 6, vec![0.1, 1.0], vec![1, 3, 2]),
            ("none", &[], 6, vec![], vec![6]),
            ("out of order", &[(1.0, 4), (0.1, 1)], 6, vec![0.1, 1.0], vec![1, 3, 2]),
            ("one twice", &[(0.1, 1), (0.1, 1), (1.0, 4)], 6, vec![0.1, 1.0], vec![1, 3, 2]),
            ("falling", &[(0.1, 4), (1.0, 1), (2.0, 5)], 3, vec![0.1, 1.0, 2.0], vec![4, 0, 1, 0]),
            ("no numbers", &[(f64::NAN, 9), (-inf, 9), (0.1, 1)], 2, vec![0.1], vec![1, 1]),
        ];
        for (what, buckets, count, bounds, counts) in table {
            assert_eq!(from(buckets, count), (bounds, counts), "{what}");
        }
    }
}
