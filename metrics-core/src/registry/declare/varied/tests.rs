//! Families whose series have different label names.

use super::*;
use crate::{
    Counter, Gauge, Histogram, LabelNamesError, buckets, place,
    registry::{self, Declaration, Format, Request, Selection},
};

fn family(name: &str) -> VariedDeclaration {
    Declaration::new(name, "", place!()).exact().labels_vary()
}

fn text(format: Format, name: &str) -> String {
    registry::encode_to_string(Request::new(format).names(Selection::of([name])))
}

#[test]
fn sets_of_names_are_one_family() {
    let jobs = family("varied.jobs").declare(Counter::<()>::new).map(drop).expect_err("not a name");
    assert!(matches!(jobs, DeclareError::Name { .. }), "{jobs}");
    let jobs: &Varied<Counter> = family("varied_jobs").declare(Counter::<()>::new).unwrap();
    assert_eq!(text(Format::Text004, "varied_jobs"), "");
    jobs.labelled(&["b", "a"]).unwrap().with(&["1", "2"]).inc();
    jobs.labelled(&[]).unwrap().with::<&str>(&[]).inc_by(2);
    jobs.labelled(&["a"]).unwrap().with(&["3"]).inc_by(3);
    let turned = jobs.labelled(&["a", "b"]).unwrap();
    assert_eq!(turned.names(), ["b", "a"]);
    turned.with(&["1", "2"]).inc();
    let expected =
        "# TYPE varied_jobs counter\nvaried_jobs{b=\"1\",a=\"2\"} 2\nvaried_jobs 2\nvaried_jobs{a=\"3\"} 3\n";
    assert_eq!(text(Format::Text004, "varied_jobs"), expected);
    let found = registry::snapshot_of(&Selection::of(["varied_jobs"]));
    assert_eq!(found.family("varied_jobs").map(|family| family.series.len()), Some(3));
    let described = registry::descriptors();
    let described = described.iter().find(|family| family.name == "varied_jobs").unwrap();
    assert_eq!(described.labels.iter().map(|label| &*label.name).collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn what_is_described_later_is_shown() {
    let sizes = family("varied_sizes_bytes").declare(|| Histogram::<()>::new(buckets![1.0])).unwrap();
    sizes.labelled(&[]).unwrap().with::<&str>(&[]).observe(0.5);
    let before = text(Format::OpenMetrics100, "varied_sizes_bytes");
    assert!(!before.contains("# HELP") && !before.contains("# UNIT"), "{before}");
    for round in 0..100 {
        sizes.describe(&format!("Text {}.", round % 3), Some("bytes"));
    }
    let after = text(Format::OpenMetrics100, "varied_sizes_bytes");
    assert!(after.contains("# HELP varied_sizes_bytes Text 0.\n"), "{after}");
    assert!(after.contains("# UNIT varied_sizes_bytes bytes\n"), "{after}");
}

#[test]
fn sets_of_names_are_limited_and_checked() {
    let levels = family("varied_levels").max_sets(2).max_series(1).declare(Gauge::<()>::new).unwrap();
    levels.labelled(&["a"]).unwrap().with(&["1"]).set(1.0);
    levels.labelled(&["a"]).unwrap().with(&["2"]).set(2.0);
    levels.labelled(&["b"]).unwrap();
    assert!(levels.labelled(&["a"]).is_ok());
    assert_eq!(levels.labelled(&["c"]).map(drop), Err(LabelNamesError::Sets { most: 2 }));
    for (names, broken) in [(["a", "a"], "a"), (["1", "b"], "1"), (["b", "le"], "le")] {
        let error = levels.labelled(&names).map(drop).expect_err("a broken rule");
        assert!(matches!(&error, LabelNamesError::Name { label, .. } if label == broken), "{error}");
    }
    let many: Vec<String> = (0..17).map(|at| format!("l{at}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(levels.labelled(&many).map(drop), Err(LabelNamesError::TooMany { labels: 17, most: 16 }));
    let dropped =
        registry::snapshot().counter("tallymark_dropped_series_total", &[("metric", "varied_levels")]);
    assert_eq!(dropped, Some(1));
}

#[test]
fn a_counter_is_raised_to_what_others_count() {
    let packets = family("varied_packets").declare(Counter::<()>::new).unwrap();
    let devices = packets.labelled(&["device"]).unwrap();
    let device = devices.with(&["eth0"]);
    let raise = |total| {
        devices.raise(device, total);
        registry::snapshot().counter("varied_packets", &[("device", "eth0")])
    };
    assert_eq!((raise(10), raise(7)), (Some(10), Some(10)));
    device.inc();
    assert_eq!((raise(11), raise(12)), (Some(11), Some(12)));
    assert!(devices.remove(&["eth0"]));
    assert_eq!((raise(0), raise(15)), (None, Some(15)));
}

#[test]
fn many_series_of_many_sets_are_shown_in_parts() {
    let wide = family("varied_wide").max_series(5_000).declare(Counter::<()>::new).unwrap();
    let mut expected = 0;
    for name in ["a", "b", "c"] {
        let series = wide.labelled(&[name]).unwrap();
        for value in 0..3_000_u64 {
            series.with(&[value.to_string()]).inc_by(value);
            expected += value;
        }
    }
    let text = text(Format::Text004, "varied_wide");
    let values = text.lines().filter_map(|line| line.rsplit_once("} ")?.1.parse::<u64>().ok());
    assert_eq!(values.clone().count(), 9_000);
    assert_eq!(values.sum::<u64>(), expected);
}

#[test]
fn the_same_again_is_found() {
    let first: &Varied<Counter> = family("varied_same").declare(Counter::new).unwrap();
    let again: &Varied<Counter> = family("varied_same").declare(Counter::new).unwrap();
    assert!(std::ptr::eq(first, again));
    let other = family("varied_same").declare(Gauge::<()>::new).map(drop).expect_err("another kind");
    assert!(matches!(other, DeclareError::Differs { difference: registry::Difference::Kind, .. }), "{other}");
}
