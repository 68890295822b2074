//! Gauge histograms of collectors, as each format shows them.

use prost::Message;
use tallymark_core::{
    registry::{CollectError, Collector, Families, Format, Registry, Request, Selection},
    snapshot::{HistogramValue, NativeHistogram},
};

struct Queue {
    bounds: Vec<f64>,
    ages: Vec<f64>,
}

impl Collector for Queue {
    fn name(&self) -> &'static str {
        "queue"
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        let value = HistogramValue::of(self.bounds.clone(), self.ages.iter().copied());
        families
            .gauge_histogram("queue_age_seconds", "How long jobs have been waiting.")
            .unit("seconds")
            .point(&[("queue", "mail")], value);
        Ok(())
    }
}

fn encode(bounds: &[f64], ages: &[f64], request: impl Into<Request>) -> Vec<u8> {
    let registry = Registry::new();
    let _registration = registry.register_collector(Queue { bounds: bounds.to_vec(), ages: ages.to_vec() });
    let mut bytes = Vec::new();
    registry.encode(request, &mut bytes);
    bytes
}

fn text(bounds: &[f64], ages: &[f64], format: Format) -> String {
    String::from_utf8(encode(bounds, ages, format)).expect("text")
}

const BOUNDS: [f64; 2] = [1.0, 60.0];
const AGES: [f64; 3] = [0.5, 60.0, 100.0];

#[test]
fn openmetrics_has_names_of_its_own() {
    let expected = "# HELP queue_age_seconds How long jobs have been waiting.\n\
                    # TYPE queue_age_seconds gaugehistogram\n\
                    # UNIT queue_age_seconds seconds\n\
                    queue_age_seconds_bucket{queue=\"mail\",le=\"1.0\"} 1\n\
                    queue_age_seconds_bucket{queue=\"mail\",le=\"60.0\"} 2\n\
                    queue_age_seconds_bucket{queue=\"mail\",le=\"+Inf\"} 3\n\
                    queue_age_seconds_gsum{queue=\"mail\"} 160.5\n\
                    queue_age_seconds_gcount{queue=\"mail\"} 3\n\
                    # EOF\n";
    assert_eq!(text(&BOUNDS, &AGES, Format::OpenMetrics100), expected);
    let composite = text(&BOUNDS, &AGES, Format::OpenMetrics200);
    assert!(composite.contains("# TYPE queue_age_seconds gaugehistogram\n"), "{composite}");
    let line = "\nqueue_age_seconds{queue=\"mail\"} {gcount:3,gsum:160.5,bucket:[1:1,60:2,+Inf:3]}\n";
    assert!(composite.contains(line), "{composite}");
}

/// The sum is negative only where something below zero has a bucket, and comes with the count or not at all.
#[test]
fn negative_sums_in_openmetrics() {
    let without = text(&BOUNDS, &[-5.0], Format::OpenMetrics100);
    assert!(!without.contains("_gsum") && !without.contains("_gcount"), "{without}");
    let with = text(&[-1.0, 1.0], &[-5.0], Format::OpenMetrics100);
    assert!(
        with.contains("_gsum{queue=\"mail\"} -5\n") && with.contains("_gcount{queue=\"mail\"} 1\n"),
        "{with}"
    );
}

#[test]
fn the_text_formats_show_a_histogram() {
    let expected = "# HELP queue_age_seconds How long jobs have been waiting.\n\
                    # TYPE queue_age_seconds histogram\n\
                    queue_age_seconds_bucket{queue=\"mail\",le=\"1\"} 1\n\
                    queue_age_seconds_bucket{queue=\"mail\",le=\"60\"} 2\n\
                    queue_age_seconds_bucket{queue=\"mail\",le=\"+Inf\"} 3\n\
                    queue_age_seconds_sum{queue=\"mail\"} 160.5\n\
                    queue_age_seconds_count{queue=\"mail\"} 3\n";
    assert_eq!(text(&BOUNDS, &AGES, Format::Text004), expected);
}

/// The parts of `io.prometheus.client.MetricFamily` that are looked at.
#[derive(Message)]
struct MetricFamily {
    #[prost(string, optional, tag = "1")]
    name: Option<String>,
    #[prost(int32, optional, tag = "3")]
    kind: Option<i32>,
    #[prost(message, repeated, tag = "4")]
    metric: Vec<Metric>,
}

#[derive(Message)]
struct Metric {
    #[prost(message, optional, tag = "7")]
    histogram: Option<Histogram>,
}

#[derive(Message)]
struct Histogram {
    #[prost(uint64, optional, tag = "1")]
    count: Option<u64>,
    #[prost(double, optional, tag = "2")]
    sum: Option<f64>,
}

#[test]
fn protobuf_has_a_type_for_it() {
    const GAUGE_HISTOGRAM: i32 = 5;
    let bytes = encode(&BOUNDS, &AGES, Format::Protobuf);
    let family = MetricFamily::decode_length_delimited(bytes.as_slice()).expect("one family");
    assert_eq!((family.name.as_deref(), family.kind), (Some("queue_age_seconds"), Some(GAUGE_HISTOGRAM)));
    let histogram = family.metric[0].histogram.as_ref().expect("its value");
    assert_eq!((histogram.count, histogram.sum), (Some(3), Some(160.5)));
}

#[test]
fn selected_and_read_by_the_names_of_its_samples() {
    for name in ["queue_age_seconds", "queue_age_seconds_gcount", "queue_age_seconds_sum"] {
        let request = Request::new(Format::Text004).names(Selection::of([name]));
        assert!(!encode(&BOUNDS, &AGES, request).is_empty(), "{name}");
    }
    let registry = Registry::new();
    let _registration = registry.register_collector(Queue { bounds: BOUNDS.to_vec(), ages: AGES.to_vec() });
    let (snapshot, labels) = (registry.snapshot(), [("queue", "mail")]);
    assert_eq!(snapshot.value("queue_age_seconds_gcount", &labels), Some(3.0));
    assert_eq!(snapshot.value("queue_age_seconds_gsum", &labels), Some(160.5));
    assert_eq!(snapshot.value("queue_age_seconds_bucket", &[("queue", "mail"), ("le", "60")]), Some(2.0));
}

#[test]
fn what_cannot_be_one_is_left_out() {
    let mut families = Families::default();
    let mut add = |labels: &[(&str, &str)], value| {
        families.gauge_histogram("queue_age_seconds", "Ages.").point(labels, value);
        families.errors().len()
    };
    let good = HistogramValue::of(BOUNDS, AGES);
    assert_eq!(add(&[], good.clone()), 0);
    assert_eq!(add(&[("le", "1")], good.clone()), 1);
    assert_eq!(add(&[("queue", "a")], HistogramValue { bounds: vec![2.0, 1.0], ..good.clone() }), 2);
    let native = Some(NativeHistogram::default());
    assert_eq!(add(&[("queue", "b")], HistogramValue { native, ..good }), 3);
}
