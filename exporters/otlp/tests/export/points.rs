//! Each kind of metric as the points it becomes.

use crate::{
    receiver::{Receiver, Reply, integer, texts},
    requests::exporter,
};
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, Metric, metric::Data, number_data_point::Value,
};
use std::time::{Duration, SystemTime};
use tallymark_core::{
    Counter, FloatCounter, Histogram, IntGauge, Kind, Native, Number, Summary, UpDownCounter, buckets,
    exemplar::Exemplar,
    place,
    registry::{self, Declaration, Families},
    snapshot::{HistogramValue, NativeHistogram, Series, StatesValue, SummaryValue, Value as Known},
};

/// How many points a metric has.
pub(crate) fn count(metric: &Metric) -> usize {
    match metric.data.as_ref().expect("a metric has data") {
        Data::Gauge(gauge) => gauge.data_points.len(),
        Data::Sum(sum) => sum.data_points.len(),
        Data::Histogram(histogram) => histogram.data_points.len(),
        Data::ExponentialHistogram(histogram) => histogram.data_points.len(),
        Data::Summary(summary) => summary.data_points.len(),
    }
}

const CUMULATIVE: i32 = AggregationTemporality::Cumulative as i32;

/// The metric with this name as it is exported now.
fn exported(name: &str) -> Metric {
    let receiver = Receiver::new(|_| Reply::ok());
    exporter(&receiver).export().expect("it is taken");
    receiver.requests()[0].metric(name)
}

fn declaration(name: &str) -> Declaration {
    Declaration::new(name, "Help.", place!())
}

/// Hands over what it is given, as long as the export takes.
fn collected(name: &str, collect: impl Fn(&mut Families) + Send + Sync + 'static) -> Metric {
    struct Collector<F>(F);
    impl<F: Fn(&mut Families) + Send + Sync + 'static> registry::Collector for Collector<F> {
        fn name(&self) -> &'static str {
            "test"
        }

        fn collect(&self, families: &mut Families) -> Result<(), registry::CollectError> {
            (self.0)(families);
            Ok(())
        }
    }
    let registration = registry::register_collector(Collector(collect));
    let metric = exported(name);
    drop(registration);
    metric
}

fn nanoseconds(moment: SystemTime) -> u64 {
    let since = moment.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    u64::try_from(since.as_nanos()).expect("before 2554")
}

#[test]
fn counters_are_monotonic_sums() {
    let wares: &Counter =
        declaration("points_sent_bytes_total").unit("bytes").declare(Counter::new).expect("good");
    wares.inc_by(7);
    let metric = exported("points_sent_bytes_total");
    assert_eq!((metric.description.as_str(), metric.unit.as_str()), ("Help.", "By"));
    assert!(metric.metadata.is_empty());
    let Some(Data::Sum(sum)) = metric.data else { panic!("{metric:?}") };
    assert!(sum.is_monotonic);
    assert_eq!(sum.aggregation_temporality, CUMULATIVE);
    let [point] = sum.data_points.as_slice() else { panic!("{sum:?}") };
    assert_eq!(integer(point), 7);
    assert!(point.attributes.is_empty());
    assert!(point.start_time_unix_nano > 0 && point.start_time_unix_nano < point.time_unix_nano);
    assert!(point.time_unix_nano <= nanoseconds(SystemTime::now()));
}

#[test]
fn counters_of_fractions_are_doubles() {
    let cost: &FloatCounter = declaration("points_cost_total").declare(FloatCounter::new).expect("good");
    cost.inc_by(0.5);
    let Some(Data::Sum(sum)) = exported("points_cost_total").data else { panic!("a sum") };
    assert_eq!(sum.data_points[0].value, Some(Value::AsDouble(0.5)));
}

#[test]
fn up_down_counters_are_sums_that_may_fall_and_gauges_are_gauges() {
    let jobs: &UpDownCounter = declaration("points_jobs").declare(UpDownCounter::new).expect("good");
    jobs.add(-3);
    let Some(Data::Sum(sum)) = exported("points_jobs").data else { panic!("a sum") };
    assert!(!sum.is_monotonic);
    assert_eq!((sum.aggregation_temporality, integer(&sum.data_points[0])), (CUMULATIVE, -3));
    assert!(sum.data_points[0].start_time_unix_nano > 0);

    let level: &IntGauge = declaration("points_level").declare(IntGauge::new).expect("good");
    level.set(-4);
    let Some(Data::Gauge(gauge)) = exported("points_level").data else { panic!("a gauge") };
    assert_eq!((integer(&gauge.data_points[0]), gauge.data_points[0].start_time_unix_nano), (-4, 0));
}

#[test]
fn histograms_keep_their_bounds_and_counts() {
    let waits: &Histogram = declaration("points_wait_seconds")
        .unit("seconds")
        .declare(|| Histogram::new(buckets![0.1, 1.0]))
        .expect("good");
    for wait in [0.05, 0.1, 0.5, 3.0] {
        waits.observe(wait);
    }
    let metric = exported("points_wait_seconds");
    assert_eq!(metric.unit, "s");
    let Some(Data::Histogram(histogram)) = metric.data else { panic!("{metric:?}") };
    assert_eq!(histogram.aggregation_temporality, CUMULATIVE);
    let point = &histogram.data_points[0];
    assert_eq!(
        (point.explicit_bounds.as_slice(), point.bucket_counts.as_slice()),
        (&[0.1, 1.0][..], &[2, 1, 1][..])
    );
    assert_eq!((point.count, point.sum, point.min, point.max), (4, Some(3.65), None, None));
}

#[test]
fn native_histograms_are_exponential() {
    let waits: &Histogram = declaration("points_native_seconds")
        .unit("seconds")
        .declare(|| Histogram::new(buckets![1.0]).with_native(Native::new().schema(0)))
        .expect("good");
    for wait in [0.0, 1.0, 1.5, 2.0, 2.1, -3.0] {
        waits.observe(wait);
    }
    let Some(Data::ExponentialHistogram(histogram)) = exported("points_native_seconds").data else {
        panic!("exponential")
    };
    let point = &histogram.data_points[0];
    assert_eq!((point.count, point.zero_count, point.scale), (6, 1, 0));
    // (0.5, 1], (1, 2], (2, 4]: with a base of 2, bucket i is what is above 2^i and not above 2^(i+1).
    let positive = point.positive.as_ref().expect("five of them");
    assert_eq!((positive.offset, positive.bucket_counts.as_slice()), (-1, &[1, 2, 1][..]));
    let negative = point.negative.as_ref().expect("one");
    assert_eq!((negative.offset, negative.bucket_counts.as_slice()), (1, &[1][..]));

    let receiver = Receiver::new(|_| Reply::ok());
    let builder = tallymark_otlp::builder()
        .endpoint(receiver.endpoint())
        .histogram_aggregation(tallymark_otlp::HistogramAggregation::Explicit);
    builder.build().expect("good").export().expect("it is taken");
    let Some(Data::Histogram(histogram)) = receiver.requests()[0].metric("points_native_seconds").data else {
        panic!("as asked for")
    };
    assert_eq!(histogram.data_points[0].bucket_counts, [3, 3]);
}

#[test]
fn summaries_keep_their_quantiles() {
    let sizes: &Summary = declaration("points_sizes").declare(Summary::new).expect("good");
    sizes.observe(3.0);
    let Some(Data::Summary(summary)) = exported("points_sizes").data else { panic!("a summary") };
    assert_eq!((summary.data_points[0].count, summary.data_points[0].sum), (1, 3.0));

    let metric = collected("points_quantiles", |families| {
        let value = SummaryValue { count: 9, sum: 4.5, quantiles: vec![(0.5, 0.4), (0.99, 1.0)] };
        families.summary("points_quantiles", "Quantiles.").summary(&[("shop", "north")], value);
    });
    let Some(Data::Summary(summary)) = metric.data else { panic!("{metric:?}") };
    let point = &summary.data_points[0];
    assert_eq!(texts(&point.attributes), [("shop", "north")]);
    let quantiles: Vec<_> = point.quantile_values.iter().map(|value| (value.quantile, value.value)).collect();
    assert_eq!(quantiles, [(0.5, 0.4), (0.99, 1.0)]);
}

/// OTLP has no histogram of levels, and would take them for what was observed.
#[test]
fn gauge_histograms_are_not_sent() {
    let metric = collected("points_beside_ages", |families| {
        let value = HistogramValue::of([1.0], [0.5, 30.0]);
        families.gauge_histogram("points_ages", "Ages.").point(&[], value.clone());
        families.histogram("points_beside_ages", "Ages.").point(&[], value);
    });
    let Some(Data::Histogram(histogram)) = metric.data else { panic!("{metric:?}") };
    assert_eq!(histogram.data_points[0].bucket_counts, [1, 1]);
    let receiver = Receiver::new(|_| Reply::ok());
    exporter(&receiver).export().expect("it is taken");
    let message = receiver.requests()[0].message();
    let metrics = message.resource_metrics.iter().flat_map(|resource| &resource.scope_metrics);
    let metrics = metrics.flat_map(|scope| &scope.metrics);
    assert!(metrics.clone().count() > 0);
    assert!(metrics.into_iter().all(|metric| metric.name != "points_ages"));
}

#[test]
fn kinds_that_otlp_has_not_are_gauges_that_say_so() {
    let metric = collected("points_build_info", |families| {
        families.family("points_build_info", "Build.", Kind::Info).number(&[("version", "1.2")], 1_u64);
    });
    assert_eq!(texts(&metric.metadata), [("prometheus.type", "info")]);
    let Some(Data::Gauge(gauge)) = metric.data else { panic!("{metric:?}") };
    assert_eq!(
        (texts(&gauge.data_points[0].attributes), integer(&gauge.data_points[0])),
        (vec![("version", "1.2")], 1)
    );

    let metric = collected("points_mode", |families| {
        let value = StatesValue { states: vec!["on".into(), "off".into()], current: 1 };
        families.family("points_mode", "Mode.", Kind::StateSet).states(&[("shop", "north")], value);
    });
    assert_eq!(texts(&metric.metadata), [("prometheus.type", "stateset")]);
    let Some(Data::Gauge(gauge)) = metric.data else { panic!("{metric:?}") };
    let states: Vec<_> =
        gauge.data_points.iter().map(|point| (texts(&point.attributes), integer(point))).collect();
    let expected = [
        (vec![("shop", "north"), ("points_mode", "on")], 0),
        (vec![("shop", "north"), ("points_mode", "off")], 1),
    ];
    assert_eq!(states, expected);
}

#[test]
fn exemplars_name_their_trace() {
    let waits: &Histogram =
        declaration("points_traced").declare(|| Histogram::new(buckets![1.0]).exemplars()).expect("good");
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    waits.observe_with_exemplar(0.25, &[("trace_id", trace), ("span_id", "00f067aa0ba902b7"), ("user", "7")]);
    let Some(Data::Histogram(histogram)) = exported("points_traced").data else { panic!("a histogram") };
    let [exemplar] = histogram.data_points[0].exemplars.as_slice() else { panic!("{histogram:?}") };
    assert_eq!((exemplar.trace_id.len(), exemplar.span_id.len()), (16, 8));
    assert_eq!(texts(&exemplar.filtered_attributes), [("user", "7")]);
    assert!(exemplar.time_unix_nano > 0);
}

#[test]
fn series_say_since_when_they_count() {
    let began = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
    let metric = collected("points_since_total", move |families| {
        let series = Series::new(Vec::new(), Known::Number(Number::U64(3))).since(began).exemplar(Exemplar {
            labels: vec![("trace_id".into(), "short".into())],
            value: 1.0,
            at: Duration::from_secs(1_000_001),
        });
        families.counter("points_since_total", "Since.").add(series);
    });
    let Some(Data::Sum(sum)) = metric.data else { panic!("{metric:?}") };
    assert_eq!(sum.data_points[0].start_time_unix_nano, nanoseconds(began));
    let exemplar = &sum.data_points[0].exemplars[0];
    assert_eq!(texts(&exemplar.filtered_attributes), [("trace_id", "short")]);
    assert_eq!(exemplar.time_unix_nano, 1_000_001_000_000_000);
}

struct Both([HistogramValue; 2]);

impl registry::Collector for Both {
    fn name(&self) -> &'static str {
        "both"
    }

    fn collect(&self, families: &mut Families) -> Result<(), registry::CollectError> {
        let mut family = families.histogram("points_mixed", "Mixed.");
        for (at, value) in self.0.iter().enumerate() {
            family.point(&[("at", &at.to_string())], value.clone());
        }
        Ok(())
    }
}

#[test]
fn a_family_of_both_kinds_of_buckets_loses_neither() {
    let metric = |native: bool| {
        let native = native.then(|| NativeHistogram { positive: vec![(1, 2)], ..NativeHistogram::default() });
        HistogramValue { bounds: vec![1.0], counts: vec![0, 2], sum: 3.0, native }
    };
    let registration = registry::register_collector(Both([metric(true), metric(false)]));
    let receiver = Receiver::new(|_| Reply::ok());
    exporter(&receiver).export().expect("it is taken");
    drop(registration);
    let metrics = receiver.requests()[0].metrics("points_mixed");
    assert_eq!(metrics.iter().map(count).collect::<Vec<_>>(), [1, 1]);
}
