//! Each rule, and what switches it off.

use tallymark_rules::{
    Allow, Fault, Kind, Named, Subject, check, first_label_fault, help_fault, label_fault, namespace_fault,
};

fn named(name: &str, kind: Kind) -> Named<'_> {
    Named { name, kind, unit: None, allow: Allow::NONE }
}

fn fault(name: &str, kind: Kind) -> Option<Fault<'_>> {
    named(name, kind).first_fault()
}

#[track_caller]
fn assert_says(found: Option<Fault<'_>>, part: &str) {
    let text = found.map(|fault| fault.to_string());
    assert!(text.as_ref().is_some_and(|text| text.contains(part)), "{text:?} does not say {part:?}");
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
        ("discount", Kind::Gauge, None),
        ("room_temperature_min", Kind::Gauge, None),
        ("anything_total", Kind::Unknown, None),
        ("anything", Kind::Unknown, None),
    ] {
        let named = Named { name, kind, unit, allow: Allow::NONE };
        assert_eq!(named.faults().next(), None, "{name}");
        assert_eq!(first_label_fault(name, kind, &["route"], Allow::NONE), None, "{name}");
    }
}

#[test]
fn names_are_lower_snake_case() {
    for name in ["ordersTotal", "Orders", "_orders", "orders_", "orders__total", "a:b"] {
        assert_says(fault(name, Kind::Unknown), "lower snake case");
        let allowed = Named { allow: Allow { name: true, ..Allow::NONE }, ..named(name, Kind::Unknown) };
        assert_eq!(allowed.first_fault(), None, "{name}");
    }
}

#[test]
fn names_that_no_format_can_carry_are_never_allowed() {
    for name in ["", "1st", "a-b", "a b", "größe", "a\"b"] {
        let named = Named { allow: Allow::ALL, ..named(name, Kind::Gauge) };
        assert_says(named.first_fault(), "letters, digits");
        assert_eq!(named.faults().count(), 1);
    }
    for label in ["", "1st", "a-b", "a:b"] {
        assert_says(label_fault(label, true), "letters, digits");
    }
    for label in ["le", "quantile", "__name__"] {
        assert_says(label_fault(label, true), "belong");
    }
}

#[test]
fn total_is_for_counters() {
    assert_says(fault("orders_created", Kind::Counter), "call it `orders_created_total`");
    for kind in [Kind::Gauge, Kind::Histogram, Kind::Summary, Kind::StateSet] {
        assert_says(fault("orders_total", kind), "only the name of a counter");
    }
    let allow = Allow { total: true, ..Allow::NONE };
    assert_eq!(Named { allow, ..named("orders_total", Kind::Gauge) }.first_fault(), None);
    assert_eq!(Named { allow, ..named("orders", Kind::Counter) }.first_fault(), None);
}

#[test]
fn suffixes_of_the_formats_are_reserved() {
    for name in ["orders_bucket", "orders_count", "orders_sum", "orders_created"] {
        assert_says(fault(name, Kind::Gauge), "themselves");
        let allow = Allow { total: true, ..Allow::NONE };
        assert_says(Named { allow, ..named(name, Kind::Counter) }.first_fault(), "themselves");
    }
    assert_says(fault("orders_info", Kind::Gauge), "only the name of an info");
    assert_says(fault("build", Kind::Info), "call it `build_info`");
    let allow = Allow { suffix: true, ..Allow::NONE };
    assert_eq!(Named { allow, ..named("orders_count", Kind::Gauge) }.first_fault(), None);
    assert_eq!(Named { allow, ..named("build", Kind::Info) }.first_fault(), None);
    // Nothing adds a suffix and then `_total`.
    assert_eq!(fault("orders_created_total", Kind::Counter), None);
}

#[test]
fn base_units_only() {
    for (name, instead) in [
        ("request_duration_ms", "request_duration_seconds"),
        ("request_duration_minutes", "request_duration_seconds"),
        ("heap_mb", "heap_bytes"),
        ("disk_used_percent", "disk_used_ratio"),
        ("room_fahrenheit", "room_celsius"),
        ("track_km", "track_meters"),
        ("parcel_kg", "parcel_grams"),
    ] {
        assert_says(fault(name, Kind::Gauge), &format!("call it `{instead}`"));
        let allow = Allow { unit: true, ..Allow::NONE };
        assert_eq!(Named { allow, ..named(name, Kind::Gauge) }.first_fault(), None);
    }
    assert_says(fault("waited_ms_total", Kind::Counter), "call it `waited_seconds_total`");
}

#[test]
fn a_name_ends_in_its_unit() {
    let with = |name, kind, unit| Named { unit: Some(unit), ..named(name, kind) }.first_fault();
    assert_says(with("request_duration", Kind::Gauge, "seconds"), "call it `request_duration_seconds`");
    assert_says(
        with("wait_bytes", Kind::Gauge, "seconds"),
        "call it `wait_seconds`, or make the unit `bytes`",
    );
    assert_says(with("seconds", Kind::Gauge, "seconds"), "ends in its unit");
    assert_says(with("request_duration_ms", Kind::Gauge, "ms"), "measure in `seconds`");
    assert_says(with("request_duration_min", Kind::Gauge, "min"), "measure in `seconds`");
    assert_says(with("build_info", Kind::Info, "info"), "has no unit");
    assert_says(with("request_seconds", Kind::Gauge, "Seconds"), "lower snake case");
}

#[test]
fn units_are_taken_from_names() {
    assert_eq!(named("cpu_seconds_total", Kind::Counter).unit(), Some("seconds"));
    assert_eq!(named("orders_total", Kind::Counter).unit(), None);
    assert_eq!(named("clock_seconds", Kind::StateSet).unit(), None);
}

#[test]
fn labels_are_different_snake_case_and_not_in_the_name() {
    let with = |name, kind, labels: &[&'static str]| first_label_fault(name, kind, labels, Allow::NONE);
    assert_says(with("up", Kind::Gauge, &["a", "b", "a"]), "two labels have the name `a`");
    assert_says(with("up", Kind::Gauge, &["httpMethod"]), "lower snake case");
    assert_says(with("requests_by_method", Kind::Gauge, &["method"]), "part of the metric's name");
    assert_says(with("phase", Kind::StateSet, &["phase"]), "own name");
    assert_eq!(with("requests_by_methods", Kind::Gauge, &["method"]), None);
    assert_eq!(label_fault("httpMethod", true), None);
}

#[test]
fn the_word_metric_says_nothing() {
    assert_says(fault("order_metrics_total", Kind::Counter), "every metric is a metric");
    assert_says(fault("metric_orders_total", Kind::Counter), "every metric is a metric");
    assert_eq!(fault("metrical_feet", Kind::Unknown).map(|fault| fault.subject()), Some(Subject::Name));
}

#[test]
fn all_broken_rules_are_found_together() {
    assert_eq!(named("metric_wait_ms", Kind::Counter).faults().count(), 3);
}

#[test]
fn namespaces_and_help_texts_are_checked() {
    for namespace in ["", "My-App", "shop_", "9lives"] {
        assert_says(namespace_fault(namespace, false), "cannot begin the name of a metric");
    }
    assert_eq!(namespace_fault("shop", false), None);
    assert_eq!(namespace_fault("MyApp", true), None);
    assert_says(help_fault(" \n"), "say in one sentence what is measured");
    assert_eq!(help_fault("Orders."), None);
}

#[test]
#[should_panic(expected = "the name of a counter ends in `_total`")]
fn check_panics_with_the_sentence() {
    check("orders", Kind::Counter, &[], None, Allow::NONE);
}

/// What the macros write; that it compiles is the test.
const _: () = check("orders_created_total", Kind::Counter, &["shop"], None, Allow::NONE);
