//! The lines before the samples of a family.

use super::*;

#[test]
fn families_without_series_are_left_out() {
    assert_both(
        |to| {
            to.family(&head("none", "Nothing.", Kind::Gauge));
            to.family(&head("one", "", Kind::Gauge));
            to.number(Labels::NONE, Number::U64(1));
            to.family(&head("none_either", "Nothing.", Kind::Gauge));
        },
        "# TYPE one gauge\none 1\n",
        "# TYPE one gauge\none 1\n# EOF\n",
    );
    assert_both(|_| {}, "", "# EOF\n");
}

#[test]
fn units_that_do_not_end_the_name_are_not_shown() {
    for (name, kind, unit, shown) in [
        ("heap_bytes", Kind::Gauge, "bytes", true),
        ("sent_bytes_total", Kind::Counter, "bytes", true),
        ("heap", Kind::Gauge, "bytes", false),
        ("bytes", Kind::Gauge, "bytes", false),
        ("heap_bytes", Kind::Gauge, "", false),
        ("heap_bytes", Kind::StateSet, "bytes", false),
    ] {
        let mut encoder = Encoder::new(Format::OpenMetrics100);
        encoder.family(&Head { unit: Some(unit), ..head(name, "", kind) });
        encoder.number(Labels::NONE, Number::U64(1));
        let text = encoder.finish();
        assert_eq!(String::from_utf8_lossy(&text).contains("# UNIT"), shown, "{name}");
    }
}

#[test]
fn stems_and_suffixes() {
    assert_eq!(stem("orders_total", Kind::Counter), "orders");
    assert_eq!(stem("orders", Kind::Counter), "orders");
    assert_eq!(stem("_total", Kind::Counter), "_total");
    assert_eq!(stem("orders_total", Kind::Gauge), "orders_total");
    assert_eq!(stem("build_info", Kind::Info), "build");
    assert!(sample_suffixes(Kind::Histogram).contains(&"_bucket"));
}
