//! Our metrics in their registry.

use prometheus::{
    IntCounter, IntGauge, Registry, TextEncoder,
    proto::{MetricFamily, MetricType},
};
use tallymark::{
    Counter, Gauge, Histogram, Info, LabelSet, StateSet, Summary, buckets, encode_to_string, metric,
    prometheus_bridge,
    registry::{self, Format},
};

use crate::{alone, assert_no_duplicates};

#[derive(LabelSet)]
struct Shelf<'a> {
    row: &'a str,
    column: bool,
}

#[derive(StateSet, Clone, Copy)]
enum Door {
    Open,
    Shut,
}

/// Counted.
#[metric]
static OUT_COUNTED_TOTAL: Counter<Shelf> = Counter::new();
/// Measured.
#[metric(allow(unit))]
static OUT_MEASURED: Gauge = Gauge::new();
/// Waited.
#[metric]
static OUT_WAITED_SECONDS: Histogram = Histogram::new(buckets![0.5, 1.0]);
/// Summed.
#[metric]
static OUT_SUMMED_SECONDS: Summary = Summary::new();
/// Known.
#[metric]
static OUT_KNOWN_INFO: Info = Info::new(&[("version", "1.2")]);
/// The door.
#[metric]
static OUT_DOOR: StateSet<Door> = StateSet::new();

fn bridged() -> Registry {
    let registry = Registry::new();
    registry.register(Box::new(prometheus_bridge::collector())).expect("an empty registry");
    registry
}

/// Conflicts so far: what one registry was handed and had already.
fn conflicts() -> Option<f64> {
    registry::snapshot().value("tallymark_conflicts_total", &[])
}

fn text(families: &[MetricFamily]) -> String {
    TextEncoder::new().encode_to_string(families).expect("their encoder takes it")
}

#[test]
fn kinds() {
    let _alone = alone();
    OUT_COUNTED_TOTAL.with(Shelf { row: "a\"b", column: true }).inc_by(3);
    OUT_MEASURED.set(-1.5);
    for wait in [0.25, 0.75, 9.0] {
        OUT_WAITED_SECONDS.observe(wait);
        OUT_SUMMED_SECONDS.observe(wait);
    }
    OUT_DOOR.set(Door::Open);
    OUT_DOOR.set(Door::Shut);

    let mut families = bridged().gather();
    families.retain(|family| family.name().starts_with("out_"));
    let kinds: Vec<_> = families.iter().map(|family| (family.name(), family.get_field_type())).collect();
    assert_eq!(
        kinds,
        [
            ("out_counted_total", MetricType::COUNTER),
            ("out_door", MetricType::GAUGE),
            ("out_known_info", MetricType::GAUGE),
            ("out_measured", MetricType::GAUGE),
            ("out_summed_seconds", MetricType::SUMMARY),
            ("out_waited_seconds", MetricType::HISTOGRAM),
        ]
    );
    let samples = text(&families);
    let samples: Vec<&str> = samples.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(
        samples,
        [
            "out_counted_total{row=\"a\\\"b\",column=\"true\"} 3",
            "out_door{out_door=\"open\"} 0",
            "out_door{out_door=\"shut\"} 1",
            "out_known_info{version=\"1.2\"} 1",
            "out_measured -1.5",
            "out_summed_seconds_sum 10",
            "out_summed_seconds_count 3",
            "out_waited_seconds_bucket{le=\"0.5\"} 1",
            "out_waited_seconds_bucket{le=\"1\"} 2",
            "out_waited_seconds_bucket{le=\"+Inf\"} 3",
            "out_waited_seconds_sum 10",
            "out_waited_seconds_count 3",
        ]
    );
}

#[test]
fn a_name_that_is_taken_is_refused() {
    let _alone = alone();
    let registry = Registry::new();
    let theirs = IntCounter::new("out_measured", "Measured.").expect("valid");
    registry.register(Box::new(theirs)).expect("new");
    assert!(registry.register(Box::new(prometheus_bridge::collector())).is_err());

    let registry = bridged();
    let theirs = IntGauge::new("out_measured", "Measured.").expect("valid");
    assert!(registry.register(Box::new(theirs)).is_err());
    assert!(registry.register(Box::new(prometheus_bridge::collector())).is_err());
}

#[test]
fn both_ways_at_once() {
    let _alone = alone();
    let registry = Registry::new();
    let theirs = IntGauge::new("out_theirs", "Theirs.").expect("valid");
    registry.register(Box::new(theirs)).expect("new");
    registry.register(Box::new(prometheus_bridge::collector())).expect("new");
    let before = conflicts();
    let _exposed = prometheus_bridge::expose(&registry);
    for _ in 0..3 {
        for text in [encode_to_string(Format::Text004), text(&registry.gather())] {
            assert_no_duplicates(&text);
            assert!(text.contains("\nout_theirs 0\n"), "{text}");
            assert!(text.contains("\nout_measured "), "{text}");
        }
    }
    assert_eq!(conflicts(), before);
    // What everyone shows comes from one place in each of the two.
    let families = registry.gather();
    assert_eq!(families.iter().filter(|family| family.name() == "out_theirs").count(), 1);
}

/// The default registry is exposed by itself, so this is both ways at once too.
#[test]
fn in_the_default_registry() {
    let _alone = alone();
    let before = encode_to_string(Format::Text004);
    let conflicts_before = conflicts();
    prometheus::register(Box::new(prometheus_bridge::collector())).expect("new");
    let ours = encode_to_string(Format::Text004);
    let theirs = text(&prometheus::gather());
    prometheus::unregister(Box::new(prometheus_bridge::collector())).expect("registered");

    assert_eq!(conflicts(), conflicts_before);

    let families = |text: &str| -> Vec<String> {
        let mut families: Vec<_> =
            text.lines().filter_map(|line| line.strip_prefix("# TYPE ").map(str::to_owned)).collect();
        families.sort_unstable();
        families
    };
    for text in [&ours, &theirs] {
        assert_no_duplicates(text);
    }
    assert_eq!(families(&before), families(&ours));
}
