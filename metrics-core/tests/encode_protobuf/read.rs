//! Messages back to what a snapshot holds. Fuzzing uses it too.

use crate::message::{BucketSpan, Exemplar, Histogram, LabelPair, Metric, MetricFamily, Timestamp};
use prost::Message;
use std::time::Duration;
use tallymark_core::{
    Number,
    exemplar::Exemplar as OurExemplar,
    snapshot::{HistogramValue, NativeHistogram, Series, SummaryValue, Value},
};

/// Reads all families, and makes sure that there is nothing that they do not hold: written again, they are the same
/// bytes.
pub(crate) fn decode(mut bytes: &[u8]) -> Vec<MetricFamily> {
    let (mut families, mut again) = (Vec::new(), Vec::new());
    let all = bytes;
    while !bytes.is_empty() {
        let family = MetricFamily::decode_length_delimited(&mut bytes).expect("a family");
        family.encode_length_delimited(&mut again).expect("a vector has room");
        families.push(family);
    }
    assert_eq!(all, again, "fields that nobody reads, or in another order");
    families
}

pub(crate) fn labels(pairs: &[LabelPair]) -> Vec<(String, String)> {
    pairs.iter().map(|pair| (pair.name().to_owned(), pair.value().to_owned())).collect()
}

fn time(timestamp: &Timestamp) -> Duration {
    Duration::new(timestamp.seconds.unsigned_abs(), timestamp.nanos.unsigned_abs())
}

pub(crate) fn exemplar(read: &Exemplar) -> OurExemplar {
    let at = read.timestamp.as_ref().map(time).expect("a time");
    OurExemplar { labels: labels(&read.label), value: read.value(), at }
}

/// Spans and differences back to keys and counts.
fn buckets(spans: &[BucketSpan], deltas: &[i64]) -> Vec<(i32, u64)> {
    let (mut key, mut count) = (0, 0_u64);
    let mut deltas = deltas.iter();
    let mut read = Vec::new();
    for span in spans {
        key += span.offset();
        for _ in 0..span.length() {
            count = count.wrapping_add_signed(*deltas.next().expect("a difference for each bucket"));
            read.push((key, count));
            key += 1;
        }
    }
    assert_eq!(deltas.next(), None, "differences without a bucket");
    read.retain(|&(_, count)| count > 0);
    read
}

fn native(read: &Histogram) -> Option<NativeHistogram> {
    Some(NativeHistogram {
        schema: read.schema?,
        zero_threshold: read.zero_threshold(),
        zero_count: read.zero_count(),
        positive: buckets(&read.positive_span, &read.positive_delta),
        negative: buckets(&read.negative_span, &read.negative_delta),
    })
}

/// A histogram as a snapshot holds it, and its exemplars.
fn histogram(read: &Histogram) -> (HistogramValue, Vec<OurExemplar>) {
    let finite = read.bucket.iter().filter(|bucket| bucket.upper_bound().is_finite());
    let (mut bounds, mut counts, mut before) = (Vec::new(), Vec::new(), 0);
    for bucket in finite {
        bounds.push(bucket.upper_bound());
        counts.push(bucket.cumulative_count().wrapping_sub(before));
        before = bucket.cumulative_count();
    }
    counts.push(read.sample_count().wrapping_sub(before));
    let in_buckets = read.bucket.iter().filter_map(|bucket| bucket.exemplar.as_ref());
    let exemplars = in_buckets.chain(&read.exemplars).map(exemplar).collect();
    let value = HistogramValue { bounds, counts, sum: read.sample_sum(), native: native(read) };
    (value, exemplars)
}

/// A series as a snapshot holds it.
pub(crate) fn series(metric: &Metric) -> Series {
    let labels = labels(&metric.label);
    if let Some(counter) = &metric.counter {
        let mut series = Series::new(labels, Value::Number(Number::F64(counter.value())));
        series.exemplars = counter.exemplar.iter().map(exemplar).collect();
        series.created = counter.created_timestamp.as_ref().map(time);
        return series;
    }
    if let Some(read) = &metric.histogram {
        let (value, exemplars) = histogram(read);
        let created = read.created_timestamp.as_ref().map(time);
        return Series { labels, value: Value::Histogram(value), exemplars, created };
    }
    if let Some(summary) = &metric.summary {
        let quantiles = summary.quantile.iter().map(|read| (read.quantile(), read.value())).collect();
        let value = SummaryValue { count: summary.sample_count(), sum: summary.sample_sum(), quantiles };
        let mut series = Series::new(labels, Value::Summary(value));
        series.created = summary.created_timestamp.as_ref().map(time);
        return series;
    }
    let plain = metric.gauge.as_ref().or(metric.untyped.as_ref()).expect("some value");
    Series::new(labels, Value::Number(Number::F64(plain.value())))
}
