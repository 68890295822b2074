use super::*;
use crate::visit::{Head, HistogramPoint, Labels, SummaryPoint, Visitor};

fn example() -> Snapshot {
    let mut recorder = Recorder::default();
    let head = |name, kind| Head { name, help: "Help.", kind, unit: None, constant: &[] };
    recorder.family(&head("waits_seconds", Kind::Histogram));
    recorder.histogram(
        Labels::new(&["queue"], &["mail"]),
        HistogramPoint { bounds: &[0.5, 1.0], counts: &[1, 2, 3], sum: 9.5 },
    );
    recorder.family(&head("orders_total", Kind::Counter));
    recorder.number(Labels::new(&["shop", "way"], &["north", "web"]), Number::U64(3));
    recorder.number(Labels::new(&["shop", "way"], &["south", "web"]), Number::U64(4));
    recorder.family(&head("sizes", Kind::Summary));
    recorder.summary(Labels::NONE, SummaryPoint { count: 2, sum: 7.0, quantiles: &[(0.5, 3.0)] });
    recorder.family(&head("phase", Kind::StateSet));
    recorder.states(Labels::NONE, &["idle", "busy"], 1);
    recorder.family(&head("empty", Kind::Gauge));
    Snapshot::new(recorder.into_families())
}

#[test]
fn families_are_sorted_and_found() {
    let snapshot = example();
    let names: Vec<&str> = snapshot.families().iter().map(|family| family.name.as_str()).collect();
    assert_eq!(names, ["empty", "orders_total", "phase", "sizes", "waits_seconds"]);
    for name in names {
        assert_eq!(snapshot.family(name).map(|family| family.name.as_str()), Some(name));
    }
    assert_eq!(snapshot.family("orders"), None);
}

#[test]
fn values_by_sample_name_and_exact_labels() {
    let snapshot = example();
    for (name, labels, value) in [
        ("orders_total", &[("way", "web"), ("shop", "north")][..], Some(3.0)),
        ("orders_total", &[("shop", "north")], None),
        ("orders_total", &[], None),
        ("orders_total", &[("shop", "north"), ("way", "web"), ("x", "y")], None),
        ("waits_seconds_count", &[("queue", "mail")], Some(6.0)),
        ("waits_seconds_sum", &[("queue", "mail")], Some(9.5)),
        ("waits_seconds_bucket", &[("queue", "mail"), ("le", "1.0")], Some(3.0)),
        ("waits_seconds_bucket", &[("queue", "mail"), ("le", "+Inf")], Some(6.0)),
        ("waits_seconds_bucket", &[("queue", "mail"), ("le", "2")], None),
        ("waits_seconds_bucket", &[("queue", "mail")], None),
        ("waits_seconds", &[("queue", "mail")], None),
        ("sizes_count", &[], Some(2.0)),
        ("sizes_sum", &[], Some(7.0)),
        ("sizes", &[("quantile", "0.5")], Some(3.0)),
        ("sizes", &[("quantile", "0.9")], None),
        ("phase", &[("phase", "busy")], Some(1.0)),
        ("phase", &[("phase", "idle")], Some(0.0)),
        ("phase", &[("phase", "gone")], None),
        ("unheard_of", &[], None),
    ] {
        assert_eq!(snapshot.value(name, labels), value, "{name} {labels:?}");
    }
}

#[test]
fn typed_lookups() {
    let snapshot = example();
    assert_eq!(snapshot.counter("orders_total", &[("shop", "south"), ("way", "web")]), Some(4));
    assert_eq!(snapshot.counter("phase", &[]), None);
    assert_eq!(snapshot.histogram("waits_seconds", &[("queue", "mail")]).map(HistogramValue::count), Some(6));
    assert_eq!(snapshot.summary("sizes", &[]).map(|summary| summary.count), Some(2));
    assert_eq!(snapshot.state("phase", &[]), Some("busy"));
    assert_eq!(snapshot.total("orders_total"), Some(7.0));
    assert_eq!(snapshot.total("empty"), Some(0.0));
    assert_eq!(snapshot.total("gone"), None);
}

/// What is recorded and shown again is recorded the same.
#[test]
fn a_family_shows_what_it_recorded() {
    let snapshot = example();
    let mut again = Recorder::default();
    for family in snapshot.families() {
        family.visit(&[], &mut again);
    }
    assert_eq!(Snapshot::new(again.into_families()), snapshot);
}
