//! Metrics that are declared in a program are found, shown, and named in what the registry says about itself.

#![forbid(unsafe_code)]
#![deny(warnings, clippy::all, clippy::pedantic)]

use tallymark_core::{
    __private_v4::{Allow, Declared, Element, Entry, Place, submit},
    Counter, Gauge, Histogram, Kind, bucket_layouts,
    registry::{self, Config, ConfigError, Format},
};

static ORDERS_CREATED_TOTAL: Counter = Counter::new();
static ORDERS_PENDING: Gauge = Gauge::new();
static WAIT_SECONDS: Histogram = Histogram::new(bucket_layouts::DEFAULT);

const fn declared(name: &'static str, unit: Option<&'static str>, line: u32) -> Declared {
    let place = Place { package: "shop", module: module_path!(), file: file!(), line };
    Declared { name, namespaced: false, help: "Help.", unit, allow: Allow::NONE, place }
}

// As the macros write it: any number of unnamed blocks, with one element each.
const _: () = {
    submit!(Element::Metrics(&[Entry::new(
        declared("orders_created_total", None, line!()),
        &ORDERS_CREATED_TOTAL,
    )]));
};
const _: () = {
    submit!(Element::Metrics(&[
        Entry::new(declared("orders_pending", None, line!()), &ORDERS_PENDING),
        Entry::new(declared("wait_seconds", Some("seconds"), line!()), &WAIT_SECONDS),
    ]));
};

#[test]
fn declared_metrics_are_found_and_sorted() {
    let snapshot = registry::snapshot();
    let names: Vec<&str> = snapshot.families().iter().map(|family| family.name.as_str()).collect();
    assert!(names.is_sorted(), "{names:?}");
    for (name, kind) in [
        ("orders_created_total", Kind::Counter),
        ("orders_pending", Kind::Gauge),
        ("wait_seconds", Kind::Histogram),
        ("tallymark_scrape_duration_seconds", Kind::Histogram),
    ] {
        assert_eq!(snapshot.family(name).map(|family| family.kind), Some(kind), "{name}");
    }
    assert_eq!(registry::check(), Ok(()));
}

#[test]
fn both_formats_show_them() {
    let text = registry::encode_to_string(Format::Text004);
    let openmetrics = registry::encode_to_string(Format::OpenMetrics100);
    assert!(text.contains("# TYPE orders_created_total counter\norders_created_total "), "{text}");
    assert!(openmetrics.contains("# TYPE orders_created counter\norders_created_total "), "{openmetrics}");
    assert!(openmetrics.contains("# UNIT wait_seconds seconds\n"), "{openmetrics}");
    assert!(openmetrics.ends_with("\n# EOF\n"));
}

#[test]
fn packages_say_what_they_registered() {
    let packages = registry::crates();
    let shop = packages.iter().find(|package| package.name == "shop");
    assert_eq!(shop.map(|package| (package.metrics, package.functions, package.models)), Some((3, 0, 0)));
    let snapshot = registry::snapshot();
    assert_eq!(snapshot.value("tallymark_registered_metrics", &[("crate", "shop")]), Some(3.0));
}

#[test]
fn what_was_rejected_is_counted_by_metric() {
    WAIT_SECONDS.observe(f64::NAN);
    let rejected =
        registry::snapshot().value("tallymark_rejected_observations_total", &[("metric", "wait_seconds")]);
    assert_eq!(rejected, Some(1.0));
}

#[test]
fn configuring_after_a_scrape_is_an_error() {
    registry::snapshot();
    assert_eq!(Config::new().namespace("shop").install(), Err(ConfigError::Used));
}
