//! Their metrics in our exposition.

use std::collections::HashMap;

use prometheus::{
    Counter, Gauge, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry,
    proto::{self, Metric, MetricType},
};
use tallymark::{prometheus_bridge, registry::Format};

use crate::{
    alone, assert_no_duplicates,
    custom::{Custom, family, labels, summary},
    lines,
};

#[test]
fn counters_and_gauges() {
    let _alone = alone();
    let registry = Registry::new();
    let counter = Counter::new("in_float_total", "A float.").expect("valid");
    let unsuffixed = IntCounter::new("in_plain", "No suffix.").expect("valid");
    let gauge = Gauge::new("in_gauge", "A \"gauge\"\\\nof two lines.").expect("valid");
    let opts = Opts::new("in_vec_total", "Labels.").const_label("zone", "z");
    let vec = IntCounterVec::new(opts, &["path", "code"]).expect("valid");
    registry.register(Box::new(counter.clone())).expect("new");
    registry.register(Box::new(unsuffixed.clone())).expect("new");
    registry.register(Box::new(gauge.clone())).expect("new");
    registry.register(Box::new(vec.clone())).expect("new");
    let _exposed = prometheus_bridge::expose(&registry);

    counter.inc_by(1.5);
    unsuffixed.inc();
    gauge.set(-2.25);
    vec.with_label_values(&["/\"a\"\\b\n", "200"]).inc_by(3);
    vec.with_label_values(&["/", "404"]).inc();
    assert_eq!(
        lines(Format::Text004, "in_"),
        [
            "# HELP in_float_total A float.",
            "# TYPE in_float_total counter",
            "in_float_total 1.5",
            "# HELP in_gauge A \"gauge\"\\\\\\nof two lines.",
            "# TYPE in_gauge gauge",
            "in_gauge -2.25",
            "# HELP in_plain No suffix.",
            "# TYPE in_plain counter",
            "in_plain 1",
            "# HELP in_vec_total Labels.",
            "# TYPE in_vec_total counter",
            "in_vec_total{code=\"200\",path=\"/\\\"a\\\"\\\\b\\n\",zone=\"z\"} 3",
            "in_vec_total{code=\"404\",path=\"/\",zone=\"z\"} 1",
        ]
    );
    assert_eq!(lines(Format::OpenMetrics100, "in_plain")[1..], ["# TYPE in_plain unknown", "in_plain 1"]);
}

#[test]
fn histograms() {
    let _alone = alone();
    let registry = Registry::new();
    let opts = HistogramOpts::new("in_wait_seconds", "Waits.").buckets(vec![0.1, 1.0]);
    let waits = HistogramVec::new(opts, &["queue"]).expect("valid");
    registry.register(Box::new(waits.clone())).expect("new");
    let _exposed = prometheus_bridge::expose(&registry);
    for wait in [0.05, 0.1, 0.5, 7.25] {
        waits.with_label_values(&["main"]).observe(wait);
    }
    assert_eq!(
        lines(Format::Text004, "in_wait_seconds"),
        [
            "# HELP in_wait_seconds Waits.",
            "# TYPE in_wait_seconds histogram",
            "in_wait_seconds_bucket{queue=\"main\",le=\"0.1\"} 2",
            "in_wait_seconds_bucket{queue=\"main\",le=\"1\"} 3",
            "in_wait_seconds_bucket{queue=\"main\",le=\"+Inf\"} 4",
            "in_wait_seconds_sum{queue=\"main\"} 7.9",
            "in_wait_seconds_count{queue=\"main\"} 4",
        ]
    );
}

/// Only collectors that an application wrote make these.
#[test]
fn summaries_and_untyped() {
    let _alone = alone();
    let registry = Registry::new();
    let untyped = Metric::from_label(labels(&[("z", "1"), ("a", "Untyped { value: Some(7) }")]));
    let families = vec![
        family("in_job_seconds", MetricType::SUMMARY, vec![summary(4, 8.5, &[(0.5, 1.25), (0.99, 4.0)])]),
        family("in_something", MetricType::UNTYPED, vec![untyped]),
        family("in_empty", MetricType::GAUGE, Vec::new()),
    ];
    registry.register(Box::new(Custom(families))).expect("new");
    let _exposed = prometheus_bridge::expose(&registry);
    let found = lines(Format::Text004, "in_");
    assert_eq!(
        found[..8],
        [
            "# HELP in_job_seconds Custom.",
            "# TYPE in_job_seconds summary",
            "in_job_seconds{job=\"nightly\",quantile=\"0.5\"} 1.25",
            "in_job_seconds{job=\"nightly\",quantile=\"0.99\"} 4",
            "in_job_seconds_sum{job=\"nightly\"} 8.5",
            "in_job_seconds_count{job=\"nightly\"} 4",
            "# HELP in_something Custom.",
            "# TYPE in_something untyped",
        ]
    );
    assert!(found[8].starts_with("in_something{z=\"1\",a=\"Untyped { value: Some(7) }\"} "), "{found:?}");
    assert_eq!(found.len(), 9, "{found:?}");
    assert!(
        lines(Format::OpenMetrics100, "in_something").contains(&"# TYPE in_something unknown".to_owned())
    );
}

#[test]
fn prefix_and_labels_of_a_registry() {
    let _alone = alone();
    let constant = HashMap::from([("region".to_owned(), "north".to_owned())]);
    let registry = Registry::new_custom(Some("in_sub".to_owned()), Some(constant)).expect("valid");
    let jobs = IntCounterVec::new(Opts::new("jobs_total", "Jobs."), &["kind"]).expect("valid");
    registry.register(Box::new(jobs.clone())).expect("new");
    let _exposed = prometheus_bridge::expose(&registry);
    jobs.with_label_values(&["a"]).inc();
    assert_eq!(
        lines(Format::Text004, "in_sub")[1..],
        ["# TYPE in_sub_jobs_total counter", "in_sub_jobs_total{kind=\"a\",region=\"north\"} 1"]
    );
}

#[test]
fn the_default_registry_needs_no_call() {
    let _alone = alone();
    let gauge = IntGauge::new("in_default", "In the default registry.").expect("valid");
    prometheus::register(Box::new(gauge.clone())).expect("new");
    gauge.set(7);
    assert!(lines(Format::Text004, "in_default").contains(&"in_default 7".to_owned()));
    prometheus::unregister(Box::new(gauge)).expect("registered");
    assert!(lines(Format::Text004, "in_default").is_empty());
}

#[test]
fn one_registry_twice() {
    let _alone = alone();
    let registry = Registry::new();
    let gauge = IntGauge::new("in_twice", "Twice.").expect("valid");
    registry.register(Box::new(gauge)).expect("new");
    let first = prometheus_bridge::expose(&registry);
    let second = prometheus_bridge::expose(&registry);
    assert_eq!(lines(Format::Text004, "in_twice").len(), 3);
    drop(first);
    assert_eq!(lines(Format::Text004, "in_twice").len(), 3);
    drop(second);
    assert!(lines(Format::Text004, "in_twice").is_empty());
}

/// What is declared here is shown, and nothing of the same name from elsewhere.
#[test]
fn a_name_of_ours() {
    let _alone = alone();
    let registry = Registry::new();
    let gauge = IntGauge::new("tallymark_conflicts_total", "Not ours.").expect("valid");
    registry.register(Box::new(gauge)).expect("new");
    let _exposed = prometheus_bridge::expose(&registry);
    let found = lines(Format::Text004, "tallymark_conflicts_total");
    assert_eq!(found[1], "# TYPE tallymark_conflicts_total counter", "{found:?}");
    assert_eq!(found.len(), 3, "{found:?}");
    assert_no_duplicates(&tallymark::encode_to_string(Format::Text004));
}

fn gauge(pairs: &[(&str, &str)], value: f64) -> Metric {
    let mut gauge = proto::Gauge::default();
    gauge.set_value(value);
    let mut metric = Metric::from_label(labels(pairs));
    metric.set_gauge(gauge);
    metric
}

/// An empty label is no label, and labels have no order: Prometheus refuses the whole scrape where a series is there twice.
#[test]
fn one_label_set_is_one_series() {
    let _alone = alone();
    let registry = Registry::new();
    let same = [
        gauge(&[("shard", "1"), ("zone", "")], 1.0),
        gauge(&[("shard", "1")], 2.0),
        gauge(&[("zone", ""), ("shard", "1")], 3.0),
        gauge(&[("shard", "1"), ("zone", "z")], 4.0),
        gauge(&[("zone", "z"), ("shard", "1")], 5.0),
    ];
    registry
        .register(Box::new(Custom(vec![family("in_same", MetricType::GAUGE, same.into())])))
        .expect("new");
    let _exposed = prometheus_bridge::expose(&registry);
    let errors = || tallymark::registry::collectors().iter().map(|status| status.errors).sum::<u64>();
    let before = errors();
    assert_eq!(
        lines(Format::Text004, "in_same")[2..],
        ["in_same{shard=\"1\"} 2", "in_same{shard=\"1\",zone=\"z\"} 4"]
    );
    assert!(errors() > before, "what was left out is reported");
}

/// A label of a registry that is also one of its metric's: a series with a label twice costs the whole scrape.
#[test]
fn no_series_has_a_label_twice() {
    let _alone = alone();
    let constant = HashMap::from([("region".to_owned(), "north".to_owned())]);
    let registry = Registry::new_custom(None, Some(constant)).expect("valid");
    let jobs = IntCounterVec::new(Opts::new("in_twice_labelled_total", "Jobs."), &["region"]).expect("valid");
    registry.register(Box::new(jobs.clone())).expect("new");
    let _exposed = prometheus_bridge::expose(&registry);
    jobs.with_label_values(&["south"]).inc();
    assert!(lines(Format::Text004, "in_twice_labelled").is_empty());
    let errors: Vec<_> =
        tallymark::registry::collectors().into_iter().filter_map(|one| one.last_error).collect();
    let sentence = "`in_twice_labelled_total` cannot have a label `region`, or not twice";
    assert!(errors.iter().any(|error| error.contains(sentence)), "{errors:?}");
}
