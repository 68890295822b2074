use super::*;

fn broken(name: &str, kind: Kind) -> Option<&'static str> {
    fault(name, kind, &[], None, Allow::NONE)
}

#[track_caller]
fn assert_says(found: Option<&'static str>, part: &str) {
    assert!(found.is_some_and(|sentence| sentence.contains(part)), "{found:?} does not say {part:?}");
}

#[test]
fn good_names_pass() {
    for (name, kind, unit) in [
        ("orders_created_total", Kind::Counter, None),
        ("shop_payment_amount_dollars", Kind::Histogram, None),
        ("http_request_duration_seconds", Kind::Histogram, Some("seconds")),
        ("sent_bytes_total", Kind::Counter, Some("bytes")),
        ("up", Kind::Gauge, None),
        ("build_info", Kind::Info, None),
        ("http2_streams", Kind::Gauge, None),
        ("days", Kind::Gauge, None),
        ("isometric_views_total", Kind::Counter, None),
    ] {
        assert_eq!(fault(name, kind, &["route"], unit, Allow::NONE), None, "{name}");
    }
}

#[test]
fn names_are_lower_snake_case() {
    for name in ["ordersTotal", "Orders", "_orders", "orders_", "orders__total", "a:b"] {
        assert_says(broken(name, Kind::Gauge), "lower snake case");
        let allow = Allow { name: true, ..Allow::NONE };
        assert_ne!(fault(name, Kind::Gauge, &[], None, allow), broken(name, Kind::Gauge), "{name}");
    }
}

#[test]
fn names_that_no_format_can_carry_are_never_allowed() {
    let everything = Allow { unit: true, total: true, suffix: true, name: true, label: true };
    for name in ["", "1st", "a-b", "a b", "größe", "a\"b"] {
        assert_says(fault(name, Kind::Gauge, &[], None, everything), "letters, digits");
    }
    for label in ["", "1st", "a-b", "a:b"] {
        assert_says(fault("up", Kind::Gauge, &[label], None, everything), "letters, digits");
    }
    for label in ["le", "quantile", "__name__"] {
        assert_says(fault("up", Kind::Gauge, &[label], None, everything), "belong");
    }
}

#[test]
fn total_is_for_counters() {
    assert_says(broken("orders_created", Kind::Counter), "ends in `_total`");
    for kind in [Kind::Gauge, Kind::Histogram, Kind::Summary, Kind::StateSet] {
        assert_says(broken("orders_total", kind), "only a counter");
    }
    let allow = Allow { total: true, ..Allow::NONE };
    assert_eq!(fault("orders_total", Kind::Gauge, &[], None, allow), None);
    assert_eq!(fault("orders", Kind::Counter, &[], None, allow), None);
}

#[test]
fn suffixes_of_the_formats_are_reserved() {
    for name in ["orders_bucket", "orders_count", "orders_sum", "orders_created"] {
        assert_says(broken(name, Kind::Gauge), "added by the exposition formats");
    }
    assert_says(broken("orders_info", Kind::Gauge), "only an info");
    assert_says(broken("build", Kind::Info), "ends in `_info`");
    let allow = Allow { suffix: true, ..Allow::NONE };
    assert_eq!(fault("orders_count", Kind::Gauge, &[], None, allow), None);
    assert_eq!(fault("build", Kind::Info, &[], None, allow), None);
    // Before `_total` they are words like others: nothing adds a suffix and then `_total`.
    assert_eq!(broken("orders_created_total", Kind::Counter), None);
    assert_eq!(broken("discount", Kind::Gauge), None);
}

#[test]
fn base_units_only() {
    for (name, instead) in [
        ("request_duration_ms", "`_seconds`"),
        ("request_duration_minutes", "`_seconds`"),
        ("heap_mb", "`_bytes`"),
        ("disk_used_percent", "`_ratio`"),
        ("room_fahrenheit", "`_celsius`"),
        ("track_kilometers", "`_meters`"),
        ("parcel_kg", "`_grams`"),
    ] {
        assert_says(broken(name, Kind::Gauge), instead);
        let allow = Allow { unit: true, ..Allow::NONE };
        assert_eq!(fault(name, Kind::Gauge, &[], None, allow), None);
    }
    assert_says(broken("waited_ms_total", Kind::Counter), "`_seconds`");
}

#[test]
fn a_name_ends_in_its_unit() {
    let with = |name, kind, unit| fault(name, kind, &[], Some(unit), Allow::NONE);
    assert_says(with("request_duration", Kind::Gauge, "seconds"), "ends in its unit");
    assert_says(with("seconds", Kind::Gauge, "seconds"), "ends in its unit");
    assert_says(with("request_duration_ms", Kind::Gauge, "ms"), "`_seconds`");
    assert_says(with("build_info", Kind::Info, "info"), "has no unit");
    assert_says(with("request_Seconds", Kind::Gauge, "Seconds"), "lower snake case");
}

#[test]
fn labels_are_different_snake_case_and_not_in_the_name() {
    let with = |name, kind, labels: &[&str]| fault(name, kind, labels, None, Allow::NONE);
    assert_says(with("up", Kind::Gauge, &["a", "b", "a"]), "stands twice");
    assert_says(with("up", Kind::Gauge, &["httpMethod"]), "lower snake case");
    assert_says(with("requests_by_method", Kind::Gauge, &["method"]), "stands in the name");
    assert_says(with("phase", Kind::StateSet, &["phase"]), "own name");
    assert_eq!(with("requests_by_methods", Kind::Gauge, &["method"]), None);
    let allow = Allow { label: true, ..Allow::NONE };
    assert_eq!(fault("up", Kind::Gauge, &["httpMethod"], None, allow), None);
}

#[test]
fn the_word_metric_says_nothing() {
    assert_says(broken("order_metrics_total", Kind::Counter), "every metric is a metric");
    assert_says(broken("metric_orders_total", Kind::Counter), "every metric is a metric");
}

#[test]
#[should_panic(expected = "a counter's name ends in `_total`")]
fn check_panics_with_the_sentence() {
    check("orders", Kind::Counter, &[], None, Allow::NONE);
}

/// What the macros write; that it compiles is the test.
const _: () = check("orders_created_total", Kind::Counter, &["shop"], None, Allow::NONE);
