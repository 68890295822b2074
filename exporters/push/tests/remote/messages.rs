//! What is in messages.

use std::{collections::HashSet, time::SystemTime};

use tallymark::{
    Counter, Gauge, Histogram, Info, LabelSet, Native, StateSet, Summary, buckets, metric, registry,
    snapshot::HistogramValue,
};
use tallymark_push::RemoteWriteProtocol;

use crate::receiver::{PATIENCE, Receiver, Reply, Series, all_written, alone, series};

#[derive(LabelSet)]
struct Shop<'a> {
    shop: &'a str,
    region: &'a str,
}

/// Orders, by "shop" & region: ünïcödé.
#[metric(namespace = "rw")]
static ORDERS_TOTAL: Counter<Shop> = Counter::new().exemplars();

/// Temperature outside.
#[metric(namespace = "rw")]
static TEMPERATURE_CELSIUS: Gauge = Gauge::new();

/// Waits.
#[metric(namespace = "rw")]
static WAIT_SECONDS: Histogram = Histogram::new(buckets![0.1, 1.0, 2_000_000.0]).exemplars();

/// Work, in native buckets only.
#[metric(namespace = "rw")]
static WORK_SECONDS: Histogram = Histogram::native(Native::new().schema(3)).exemplars();

/// Sizes, in buckets of both kinds.
#[metric(namespace = "rw")]
static SIZE_BYTES: Histogram = Histogram::new(buckets![10.0, 100.0]).with_native(Native::new());

/// Rows.
#[metric(namespace = "rw")]
static ROWS_BYTES: Summary = Summary::new();

/// The build.
#[metric(namespace = "rw", name = "build_info")]
static BUILD: Info = Info::new(&[("version", "1.2")]);

#[derive(Clone, Copy, StateSet)]
enum Phase {
    Starting,
    Ready,
}

/// The phase.
#[metric(namespace = "rw")]
static PHASE: StateSet<Phase> = StateSet::new();

fn named(all: &[Series], name: &str) -> Vec<Series> {
    all.iter().filter(|series| series.label("__name__") == name).cloned().collect()
}

fn only(all: &[Series], name: &str) -> Series {
    let found = named(all, name);
    assert_eq!(found.len(), 1, "{name}");
    found[0].clone()
}

fn milliseconds() -> i64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    i64::try_from(now.as_millis()).expect("a moment")
}

#[test]
fn every_series_is_complete() {
    let _alone = alone();
    ORDERS_TOTAL.with(Shop { shop: "north \u{1f980}\n\"\\", region: "" }).inc();
    TEMPERATURE_CELSIUS.set(1.0);
    let before = milliseconds();
    let receiver = Receiver::start(all_written);
    let all = receiver.written();
    let after = milliseconds();
    let mut seen = HashSet::new();
    for series in &all {
        assert!(!series.label("__name__").is_empty(), "{series:?}");
        assert!(series.labels.is_sorted_by(|left, right| left.0 < right.0), "{:?}", series.labels);
        assert!(series.labels.iter().all(|(name, value)| !name.is_empty() && !value.is_empty()));
        assert!(seen.insert(series.labels.clone()), "{:?} is there twice", series.labels);
        let (samples, histograms) = (&series.written.samples, &series.written.histograms);
        assert_eq!(samples.len() + histograms.len(), 1, "one value, of one kind");
        let time = samples.first().map_or_else(|| histograms[0].timestamp, |sample| sample.timestamp);
        assert!((before..=after).contains(&time), "{before} {time} {after}");
        let metadata = series.written.metadata.expect("metadata");
        assert!((1..=7).contains(&metadata.kind), "{series:?}");
        assert!(!series.help.is_empty(), "{series:?}");
    }
    let orders = only(&all, "rw_orders_total");
    assert_eq!(orders.labels.len(), 2, "an empty value is no label: {:?}", orders.labels);
    assert_eq!(orders.label("shop"), "north \u{1f980}\n\"\\");
    ORDERS_TOTAL.clear();
}

#[test]
fn metadata() {
    let _alone = alone();
    TEMPERATURE_CELSIUS.set(1.0);
    WAIT_SECONDS.observe(0.5);
    ROWS_BYTES.observe(3.0);
    PHASE.set(Phase::Ready);
    let orders = ORDERS_TOTAL.with(Shop { shop: "north", region: "x" });
    orders.inc();
    let receiver = Receiver::start(all_written);
    let all = receiver.written();
    for (name, kind, help, unit) in [
        ("rw_orders_total", 1, "Orders, by \"shop\" & region: \u{fc}n\u{ef}c\u{f6}d\u{e9}.", ""),
        ("rw_temperature_celsius", 2, "Temperature outside.", "celsius"),
        ("rw_wait_seconds_sum", 3, "Waits.", "seconds"),
        ("rw_rows_bytes_count", 5, "Rows.", "bytes"),
        ("rw_build_info", 6, "The build.", ""),
    ] {
        let series = only(&all, name);
        assert_eq!(series.written.metadata.map(|metadata| metadata.kind), Some(kind), "{name}");
        assert_eq!((series.help.as_str(), series.unit.as_str()), (help, unit), "{name}");
    }
    let phases = named(&all, "rw_phase");
    let states: Vec<_> = phases.iter().map(|series| (series.label("rw_phase"), series.value())).collect();
    assert_eq!(states, [("starting", 0.0), ("ready", 1.0)]);
    PHASE.set(Phase::Starting);
    assert!(phases.iter().all(|series| series.written.metadata.map(|metadata| metadata.kind) == Some(7)));
    ORDERS_TOTAL.clear();
}

#[test]
fn histograms_with_bounds() {
    let _alone = alone();
    WAIT_SECONDS.clear();
    for value in [0.05, 0.5, 0.5, 5.0, 3_000_000.0] {
        WAIT_SECONDS.observe(value);
    }
    let receiver = Receiver::start(all_written);
    let all = receiver.written();
    let buckets: Vec<_> = named(&all, "rw_wait_seconds_bucket")
        .iter()
        .map(|series| (series.label("le").to_owned(), series.value()))
        .collect();
    // As Prometheus itself writes these labels since version 3.
    let wanted = [("0.1", 1.0), ("1.0", 3.0), ("2e+06", 4.0), ("+Inf", 5.0)];
    assert_eq!(buckets, wanted.map(|(bound, count)| (bound.to_owned(), count)));
    assert_eq!(only(&all, "rw_wait_seconds_count").value(), 5.0);
    assert_eq!(only(&all, "rw_wait_seconds_sum").value(), 3_000_006.05);
    WAIT_SECONDS.clear();
}

/// Its numbers are levels, which have not counted since some moment.
#[test]
fn gauge_histograms() {
    struct Queue;

    impl registry::Collector for Queue {
        fn name(&self) -> &'static str {
            "rw_queue"
        }

        fn collect(&self, families: &mut registry::Families) -> Result<(), registry::CollectError> {
            let value = HistogramValue::of([1.0, 60.0], [0.5, 30.0, 90.0]);
            families.gauge_histogram("rw_queue_age_seconds", "Ages.").unit("seconds").point(&[], value);
            Ok(())
        }
    }

    let _alone = alone();
    let registration = registry::register_collector(Queue);
    let receiver = Receiver::start(all_written);
    let all = receiver.written();
    drop(registration);
    let buckets = named(&all, "rw_queue_age_seconds_bucket");
    let found: Vec<_> = buckets.iter().map(|series| (series.label("le"), series.value())).collect();
    assert_eq!(found, [("1.0", 1.0), ("60.0", 2.0), ("+Inf", 3.0)]);
    let (count, sum) = (only(&all, "rw_queue_age_seconds_gcount"), only(&all, "rw_queue_age_seconds_gsum"));
    assert_eq!((count.value(), sum.value()), (3.0, 120.5));
    for series in buckets.iter().chain([&count, &sum]) {
        assert_eq!(series.written.metadata.map(|metadata| metadata.kind), Some(4));
        assert_eq!(series.written.samples[0].start_timestamp, 0);
    }
}

#[test]
fn native_histograms() {
    let _alone = alone();
    WORK_SECONDS.clear();
    SIZE_BYTES.clear();
    for value in [-1.0, 0.0, 1.0, 1.0, 2.0, 1_000.0] {
        WORK_SECONDS.observe(value);
        SIZE_BYTES.observe(value);
    }
    let receiver = Receiver::start(all_written);
    let all = receiver.written();
    assert!(named(&all, "rw_work_seconds_count").is_empty(), "there is no series beside the native one");
    assert_eq!(only(&all, "rw_size_bytes_count").value(), 6.0, "where bounds were given, both are written");
    let series = only(&all, "rw_work_seconds");
    let [histogram] = &series.written.histograms[..] else { panic!("{series:?}") };
    assert_eq!((histogram.count, histogram.sum, histogram.schema), (6, 1_003.0, 3));
    assert_eq!((histogram.zero_count, histogram.zero_threshold), (1, 2_f64.powi(-128)));
    // Buckets of the schema 3 end at powers of two with eighths as exponents, and the one with the number 0 ends at 1.
    let found = |spans: &[crate::wire::v2::Span], deltas: &[i64]| {
        let (mut at, mut count, mut deltas) = (0, 0, deltas.iter());
        let mut found = Vec::new();
        for span in spans {
            at += span.offset;
            for _ in 0..span.length {
                count += deltas.next().expect("a delta for each bucket");
                if count > 0 {
                    found.push((at, count));
                }
                at += 1;
            }
        }
        assert_eq!(deltas.next(), None);
        found
    };
    // 2 to the power of 79 eighths is 939, and of 80 it is 1,024.
    let last = 80;
    assert_eq!(found(&histogram.positive_spans, &histogram.positive_deltas), [(0, 2), (8, 1), (last, 1)]);
    assert_eq!(found(&histogram.negative_spans, &histogram.negative_deltas), [(0, 1)]);
    assert!(histogram.start_timestamp > 0 && histogram.start_timestamp < histogram.timestamp);
    WORK_SECONDS.clear();
}

#[test]
fn special_values() {
    let _alone = alone();
    let receiver = Receiver::start(all_written);
    let stale = f64::from_bits(0x7ff0_0000_0000_0002);
    for value in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN, stale, -0.0, f64::MAX, 5e-324] {
        TEMPERATURE_CELSIUS.set(value);
        let all = receiver.written();
        let found = named(&all, "rw_temperature_celsius").last().map(Series::value).expect("a value");
        if value.is_nan() {
            assert_eq!(found.to_bits(), 0x7ff8_0000_0000_0001, "no value is the marker of an ended series");
        } else {
            assert_eq!(found.to_bits(), value.to_bits());
        }
    }
    TEMPERATURE_CELSIUS.set(1.0);
}

#[test]
fn what_counts_says_since_when() {
    let _alone = alone();
    let orders = || ORDERS_TOTAL.with(Shop { shop: "start", region: "x" });
    orders().inc_by(5);
    TEMPERATURE_CELSIUS.set(1.0);
    let receiver = Receiver::start(all_written);
    let guard = receiver.builder().start().expect("started");
    let flush = || {
        let before = receiver.received().len();
        guard.flush(PATIENCE).expect("written");
        let all: Vec<_> =
            receiver.received()[before..].iter().flat_map(|received| series(&received.v2())).collect();
        let orders: Vec<_> = named(&all, "rw_orders_total")
            .into_iter()
            .filter(|series| series.label("shop") == "start")
            .collect();
        assert_eq!(only(&all, "rw_temperature_celsius").written.samples[0].start_timestamp, 0);
        orders[0].written.samples[0]
    };
    let first = flush();
    assert!(first.start_timestamp > 0 && first.start_timestamp < first.timestamp);
    orders().inc();
    let second = flush();
    assert_eq!(second.start_timestamp, first.start_timestamp);
    assert!(second.timestamp > first.timestamp, "in the order of time");
    // It begins anew with less than it had.
    ORDERS_TOTAL.clear();
    orders().inc();
    let third = flush();
    assert_eq!(third.start_timestamp, second.timestamp);
    drop(guard);
    ORDERS_TOTAL.clear();
}

#[test]
fn exemplars() {
    let _alone = alone();
    WAIT_SECONDS.clear();
    WORK_SECONDS.clear();
    let orders = ORDERS_TOTAL.with(Shop { shop: "exemplary", region: "x" });
    orders.inc_with_exemplar(2, &[("trace_id", "t1"), ("span_id", "s1")]);
    WAIT_SECONDS.observe_with_exemplar(0.5, &[("trace_id", "t2")]);
    WORK_SECONDS.observe_with_exemplar(0.25, &[("trace_id", "t3")]);
    let before = milliseconds();
    let receiver = Receiver::start(all_written);
    let guard = receiver.builder().stale_at_exit(false).start().expect("started");
    guard.flush(PATIENCE).expect("written");
    let all: Vec<_> = receiver.received().iter().flat_map(|received| series(&received.v2())).collect();
    let with: Vec<_> = all.iter().filter(|series| !series.exemplars.is_empty()).collect();
    let found: Vec<_> = with
        .iter()
        .map(|series| (series.label("__name__"), series.label("le"), series.exemplars[0].clone()))
        .collect();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        found,
        [
            ("rw_orders_total", "", vec![pair("span_id", "s1"), pair("trace_id", "t1")]),
            ("rw_wait_seconds_bucket", "1.0", vec![pair("trace_id", "t2")]),
            ("rw_work_seconds", "", vec![pair("trace_id", "t3")]),
        ]
    );
    let values: Vec<_> = with.iter().map(|series| series.written.exemplars[0].value).collect();
    assert_eq!(values, [2.0, 0.5, 0.25]);
    assert!(
        with.iter().all(|series| (before - 60_000..=before).contains(&series.written.exemplars[0].timestamp))
    );
    // Receivers refuse those that they have seen, or that are older.
    let sent = receiver.received().len();
    guard.flush(PATIENCE).expect("written");
    let again = receiver.received()[sent..]
        .iter()
        .flat_map(|received| series(&received.v2()))
        .any(|series| !series.exemplars.is_empty());
    assert!(!again, "each is sent once");
    drop(guard);
    ORDERS_TOTAL.clear();
    WAIT_SECONDS.clear();
    WORK_SECONDS.clear();
}

#[test]
fn series_that_end_are_marked() {
    let _alone = alone();
    ORDERS_TOTAL.with(Shop { shop: "ends", region: "x" }).inc();
    TEMPERATURE_CELSIUS.set(1.0);
    let receiver = Receiver::start(all_written);
    let guard = receiver.builder().start().expect("started");
    guard.flush(PATIENCE).expect("written");
    ORDERS_TOTAL.clear();
    let before = receiver.received().len();
    guard.flush(PATIENCE).expect("written");
    let second: Vec<_> =
        receiver.received()[before..].iter().flat_map(|received| series(&received.v2())).collect();
    let stale = |series: &Series| {
        series.written.samples.first().is_some_and(|sample| sample.value.to_bits() == 0x7ff0_0000_0000_0002)
    };
    let ended: Vec<_> = second.iter().filter(|series| stale(series)).collect();
    assert_eq!(ended.len(), 1, "{ended:?}");
    assert_eq!((ended[0].label("__name__"), ended[0].label("shop")), ("rw_orders_total", "ends"));
    // All others end with the program, after their last values.
    let before = receiver.received().len();
    guard.shutdown().expect("written");
    let last: Vec<_> =
        receiver.received()[before..].iter().flat_map(|received| series(&received.v2())).collect();
    let of = |labels: &[(String, String)], wanted: bool| {
        last.iter().filter(|series| series.labels == labels && stale(series) == wanted).count()
    };
    for series in last.iter().filter(|series| !stale(series)) {
        assert_eq!((of(&series.labels, false), of(&series.labels, true)), (1, 1), "{:?}", series.labels);
    }
}

/// What a receiver of 1.0 gets is what the text format shows.
#[test]
fn version_1_has_every_sample() {
    let _alone = alone();
    WORK_SECONDS.observe(0.25);
    ORDERS_TOTAL.with(Shop { shop: "v1", region: "x" }).inc_by(3);
    let receiver = Receiver::start(|_| Reply::status(204));
    let builder = receiver.builder().protocol(RemoteWriteProtocol::V1).external_label("job", "test");
    let guard = builder.stale_at_exit(false).start().expect("started");
    guard.flush(PATIENCE).expect("written");
    let mut found = Vec::new();
    for received in receiver.received() {
        for series in received.v1().timeseries {
            let labels: Vec<_> =
                series.labels.iter().map(|label| (label.name.clone(), label.value.clone())).collect();
            assert!(labels.contains(&("job".to_owned(), "test".to_owned())));
            found.push((labels, series.samples[0].value));
        }
    }
    let value = |name: &str, le: &str| {
        let with = |labels: &[(String, String)], name: &str, value: &str| {
            labels.iter().any(|(other, text)| other == name && text == value)
        };
        found
            .iter()
            .find(|(labels, _)| with(labels, "__name__", name) && (le.is_empty() || with(labels, "le", le)))
            .map(|(_, value)| *value)
    };
    let count = registry::snapshot().value("rw_work_seconds_count", &[]);
    assert!(count.is_some());
    assert_eq!(value("rw_work_seconds_count", ""), count);
    assert_eq!(value("rw_work_seconds_bucket", "+Inf"), count);
    assert_eq!(value("rw_orders_total", ""), Some(3.0));
    assert_eq!(value("rw_work_seconds", ""), None, "1.0 has no native histograms");
    drop(guard);
    ORDERS_TOTAL.clear();
}

/// Values are in requests of at most so many.
#[test]
fn many_series_are_many_requests() {
    let _alone = alone();
    let names: Vec<String> = (0..1_900).map(|number| format!("shop-{number}")).collect();
    for name in &names {
        ORDERS_TOTAL.with(Shop { shop: name, region: "many" }).inc();
    }
    for region in ["more", "most"] {
        ORDERS_TOTAL.with(Shop { shop: "a", region }).inc();
    }
    let receiver = Receiver::start(all_written);
    let builder = receiver.builder().external_label("instance", "a:1").external_label("region", "outside");
    let guard = builder.stale_at_exit(false).start().expect("started");
    guard.flush(PATIENCE).expect("written");
    guard.flush(PATIENCE).expect("written");
    let requests = receiver.received();
    let all: Vec<_> = requests.iter().flat_map(|received| series(&received.v2())).collect();
    let orders = named(&all, "rw_orders_total");
    assert_eq!(orders.len(), 2 * 1_902);
    assert!(
        orders.iter().all(|series| series.label("instance") == "a:1" && series.label("region") != "outside")
    );
    for received in &requests {
        assert!(received.v2().timeseries.len() <= 2_000);
    }
    drop(guard);
    ORDERS_TOTAL.clear();
}
