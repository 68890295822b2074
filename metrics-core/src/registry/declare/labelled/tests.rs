//! Families whose label names are known only when the program runs.

use super::*;
use crate::{
    Counter, FloatCounter, Gauge, Histogram, IntGauge, OVERFLOW, Summary, UpDownCounter, buckets, place,
    registry::{self, Difference, Format, Request, Selection},
};

fn family(name: &str) -> Declaration {
    Declaration::new(name, "Things.", place!())
}

fn text(name: &str) -> String {
    let request = Request::new(Format::Text004).names(Selection::of([name]));
    let text = registry::encode_to_string(request);
    text.split_inclusive('\n').filter(|line| !line.starts_with('#')).collect()
}

#[test]
fn every_kind_is_shown_with_its_names() {
    let names = || ["peer".to_owned(), "shard".to_owned()];
    let counter = family("named_count_total").labels(names()).declare(Counter::<()>::new).unwrap();
    let floats = family("named_float_total").labels(names()).declare(FloatCounter::<()>::new).unwrap();
    let gauge = family("named_level").labels(names()).declare(Gauge::<()>::new).unwrap();
    let whole = family("named_whole").labels(names()).declare(IntGauge::<()>::new).unwrap();
    let level = family("named_open").labels(names()).declare(UpDownCounter::<()>::new).unwrap();
    let make = || Histogram::<()>::new(buckets![1.0, 2.0]);
    let histogram = family("named_sizes").labels(names()).declare(make).unwrap();
    let summary = family("named_parts").labels(names()).declare(Summary::<()>::new).unwrap();
    assert_eq!(counter.names(), ["peer", "shard"]);

    let values = ["north", "a\"b"];
    counter.with(&values).inc_by(3);
    floats.with(&values).inc_by(0.5);
    gauge.with(&values).set(-1.5);
    whole.with(&values.map(str::to_owned)).set(7);
    level.with(&values.map(str::to_owned)).inc();
    histogram.with(&values).observe(1.5);
    summary.with(&values).observe(2.5);

    let labels = r#"{peer="north",shard="a\"b"}"#;
    assert_eq!(text("named_count_total"), format!("named_count_total{labels} 3\n"));
    assert_eq!(text("named_float_total"), format!("named_float_total{labels} 0.5\n"));
    assert_eq!(text("named_level"), format!("named_level{labels} -1.5\n"));
    assert_eq!(text("named_whole"), format!("named_whole{labels} 7\n"));
    assert_eq!(text("named_open"), format!("named_open{labels} 1\n"));
    let buckets = text("named_sizes");
    assert!(buckets.contains(r#"named_sizes_bucket{peer="north",shard="a\"b",le="2"} 1"#), "{buckets}");
    assert!(
        buckets.ends_with(&format!("named_sizes_sum{labels} 1.5\nnamed_sizes_count{labels} 1\n")),
        "{buckets}"
    );
    assert_eq!(text("named_parts"), format!("named_parts_sum{labels} 2.5\nnamed_parts_count{labels} 1\n"));
}

#[test]
fn without_names_there_is_one_series() {
    let none: [&str; 0] = [];
    let counter = family("named_none_total").labels(none).declare(Counter::<()>::new).unwrap();
    assert_eq!(text("named_none_total"), "named_none_total 0\n");
    counter.with(&none).inc();
    assert_eq!(counter.with(&none).get(), 1);
    counter.with(&["too much"]).inc();
    assert_eq!(text("named_none_total"), "named_none_total 1\n");
    assert_eq!(crate::metric::Metric::dropped_series(counter), 1);
    assert!(counter.remove(&none) && !counter.remove(&["too much"]));
    assert_eq!(text("named_none_total"), "");
}

#[test]
fn a_wrong_number_of_values_is_an_error_or_overflows() {
    let counter = family("named_wrong_total").labels(["a", "b"]).declare(Counter::<()>::new).unwrap();
    let many = ["x"; 20];
    for wrong in [&[][..], &["x"], &["x", "y", "z"], &many] {
        let error = counter.try_with(wrong).expect_err("two values are expected");
        assert_eq!((error.expected(), error.found()), (2, wrong.len()));
        assert!(!counter.remove(wrong));
        counter.with(wrong).inc();
    }
    assert_eq!(text("named_wrong_total"), "named_wrong_total{a=\"_overflow\",b=\"_overflow\"} 4\n");
    assert_eq!(crate::metric::Metric::dropped_series(counter), 4);
    counter.try_with(&["x", "y"]).expect("two values").inc();
    assert_eq!(counter.with(&["x", "y"]).get(), 1);
}

#[test]
fn all_sixteen_labels_count_and_seventeen_values_do_not() {
    let names: Vec<String> = (0..MAX_LABELS).map(|at| format!("label_{at}")).collect();
    let values: Vec<String> = (0..17).map(|at| at.to_string()).collect();
    let counter = family("named_most_total").labels(names.clone()).declare(Counter::<()>::new).unwrap();
    counter.with(&values[..16]).inc();
    counter.with(&values).inc();
    assert_eq!(counter.with(&values[..16]).get(), 1);
    assert!(counter.remove(&values[..16]));
    let more = names.into_iter().chain(["one_more".to_owned()]);
    let error = family("named_more_total").labels(more).declare(Counter::<()>::new).expect_err("17 labels");
    assert!(matches!(error, DeclareError::Labels { labels: 17, most: 16, .. }), "{error}");
}

#[test]
fn caps_hold_and_series_come_and_go() {
    let counter =
        family("named_cap_total").labels(["user"]).max_series(2).declare(Counter::<()>::new).unwrap();
    for user in ["ann", "ben", "cid", "dan"] {
        counter.with(&[user]).inc();
    }
    let shown = text("named_cap_total");
    assert!(shown.contains("user=\"ann\"") && shown.contains("user=\"ben\""), "{shown}");
    assert!(shown.contains(&format!("user=\"{OVERFLOW}\"}} 2\n")), "{shown}");
    assert!(counter.remove(&["ann"]) && !counter.remove(&["ann"]) && !counter.remove(&["eve"]));
    counter.with(&["eve"]).inc();
    assert!(text("named_cap_total").contains("user=\"eve\"} 1\n"));
    assert_eq!(counter.remove_matching(|values| values == ["ben"]), 1);
    counter.clear();
    assert_eq!(text("named_cap_total"), "");
    let described = registry::descriptors();
    let described = described.iter().find(|family| family.name == "named_cap_total").expect("declared");
    assert_eq!((described.max_series, described.labels[0].name.as_str()), (Some(3), "user"));
}

#[test]
fn broken_rules_of_labels_are_typed() {
    let declare = |name: &str, labels: &[&str]| {
        family(name).labels(labels.to_vec()).declare(Counter::<()>::new).map(drop).expect_err("a broken rule")
    };
    for (labels, broken) in [
        (["a", "a"], "a"),
        (["9lives", "b"], "9lives"),
        (["a", "__b"], "__b"),
        (["le", "b"], "le"),
        (["a", "email"], "email"),
    ] {
        let error = declare("named_bad_total", &labels);
        let DeclareError::Label { label, .. } = &error else { panic!("{error:?}") };
        assert_eq!(label, broken);
        assert!(error.to_string().contains(&format!("`{broken}`")), "{error}");
    }
    assert!(matches!(declare("named_bad", &["a"]), DeclareError::Name { .. }));
    family("named_bad_total")
        .allow_cardinality()
        .labels(["email"])
        .declare(Counter::<()>::new)
        .expect("allowed");
}

#[test]
fn the_same_again_is_found_and_what_differs_is_named() {
    let declare = || family("named_again_total").labels(["a", "b"]).declare(Counter::<()>::new);
    assert!(std::ptr::eq(declare().unwrap(), declare().unwrap()));
    let differs = |error: DeclareError| match error {
        DeclareError::Differs { difference, .. } => difference,
        other => panic!("{other}"),
    };
    let turned = family("named_again_total").labels(["b", "a"]).declare(Counter::<()>::new);
    assert_eq!(turned.map(drop).map_err(differs), Err(Difference::Labels));
    let floats = family("named_again_total").labels(["a", "b"]).declare(FloatCounter::<()>::new);
    assert_eq!(floats.map(drop).map_err(differs), Err(Difference::Type));
    let plain = family("named_again_total").declare(Counter::<()>::new);
    assert_eq!(plain.map(drop).map_err(differs), Err(Difference::Labels));
    let bounds = |bounds| {
        family("named_again_bytes").unit("bytes").labels(["a"]).declare(move || Histogram::<()>::new(bounds))
    };
    bounds(buckets![1.0]).expect("new");
    assert_eq!(bounds(buckets![2.0]).map(drop).map_err(differs), Err(Difference::Settings));
}

#[test]
fn what_the_prototype_counted_is_forgotten() {
    let make = || {
        let counter = Counter::<()>::new();
        counter.inc_by(5);
        counter.remove(());
        counter.inc_by(5);
        counter
    };
    let counter = family("named_fresh_total").labels(["a"]).declare(make).unwrap();
    counter.with(&["x"]).inc();
    assert_eq!(text("named_fresh_total"), "named_fresh_total{a=\"x\"} 1\n");
}
