//! Which series a family shows, and that no two label sets share one.

mod common;

use common::{Closed, Pair, Wide, seen, seen_at};
use proptest::prelude::*;
use std::collections::HashMap;
use tallymark_core::{
    Counter, FloatCounter, Gauge, Histogram, IntGauge, LabelSet, Metric, Summary, UpDownCounter, buckets,
};

#[test]
fn a_metric_without_labels_is_shown_before_it_is_touched() {
    static COUNTER: Counter = Counter::new();
    static FLOATS: FloatCounter = FloatCounter::new();
    static GAUGE: Gauge = Gauge::new();
    static UP_DOWN: UpDownCounter = UpDownCounter::new();
    static HISTOGRAM: Histogram = Histogram::new(buckets![1.0]);
    static SUMMARY: Summary = Summary::new();
    let metrics: [&dyn Metric; 6] = [&COUNTER, &FLOATS, &GAUGE, &UP_DOWN, &HISTOGRAM, &SUMMARY];
    let shown: Vec<_> = metrics.into_iter().map(|metric| seen(metric).remove(0).1).collect();
    assert_eq!(shown, ["0", "0", "0", "0", "[0, 0] 0", "0 0"]);
}

#[test]
fn a_closed_set_is_shown_where_it_was_touched_or_everywhere_with_init() {
    static TOUCHED: Counter<Closed> = Counter::new();
    static ALL: Counter<Closed> = Counter::new().init();
    static GAUGES: Gauge<Closed> = Gauge::new().init();
    assert!(seen(&TOUCHED).is_empty());
    assert_eq!((seen(&ALL).len(), seen(&GAUGES).len()), (6, 6));
    TOUCHED.with(Closed { flag: true, level: Some(false) }).inc();
    ALL.with(Closed { flag: false, level: None }).inc_by(7);
    assert_eq!(seen(&TOUCHED), [(vec!["true".to_owned(), "false".to_owned()], "1".to_owned())]);
    assert_eq!((seen(&ALL).len(), seen_at(&ALL, &["false", ""])), (6, Some("7".to_owned())));
    assert_eq!(ALL.sum(), 7);
}

#[test]
fn a_number_that_went_up_and_down_again_is_shown_at_zero() {
    static QUEUED: UpDownCounter<Closed> = UpDownCounter::new();
    let queued = QUEUED.with(Closed { flag: true, level: None });
    drop(queued.in_flight());
    assert_eq!(seen_at(&QUEUED, &["true", ""]), Some("0".to_owned()));
}

#[test]
fn a_wide_closed_set_counts_each_combination_by_itself() {
    static WIDE: Counter<Wide> = Counter::new();
    let combinations = if cfg!(miri) { 40 } else { 1000 };
    for number in 0..combinations {
        WIDE.with(Wide { number }).inc_by(number as u64);
    }
    let seen = seen(&WIDE);
    assert_eq!(seen.len(), combinations - 1, "all but the one that counted nothing");
    for (values, value) in seen {
        assert_eq!(values.concat().parse::<u64>().unwrap(), value.parse::<u64>().unwrap());
    }
}

/// As four labels of eight values each have. Miri is a thousand times slower, and gets what is too large for a small family.
const COMBINATIONS: usize = if cfg!(miri) { 520 } else { 4096 };

/// A label set with so many combinations.
struct Square {
    number: usize,
}

impl LabelSet for Square {
    type Borrowed<'a> = Square;
    const NAMES: &'static [&'static str] = &["high", "low"];
    const CARDINALITY: Option<usize> = Some(COMBINATIONS);

    fn index(&self) -> usize {
        self.number
    }

    fn visit(&self, f: &mut impl FnMut(&str)) {
        f(&(self.number / 64).to_string());
        f(&(self.number % 64).to_string());
    }

    fn visit_at(index: usize, f: &mut dyn FnMut(&'static str)) {
        const TEXTS: &[&str] = &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
        for number in [index / 64, index % 64] {
            f(TEXTS.get(number).copied().unwrap_or("many"));
        }
    }
}

#[test]
fn a_closed_set_of_any_size_is_shown_whole_and_has_no_cap() {
    static SHOWN: Counter<Square> = Counter::new().init();
    static COUNTED: Counter<Square> = Counter::new().max_series(10);
    static GAUGES: IntGauge<Square> = IntGauge::new().init();
    assert_eq!(seen(&SHOWN).len(), COMBINATIONS);
    assert_eq!(seen(&GAUGES).len(), COMBINATIONS);
    let combinations = if cfg!(miri) { 40 } else { COMBINATIONS };
    for number in 0..combinations {
        COUNTED.with(Square { number }).inc_by(number as u64 + 1);
    }
    assert_eq!(seen(&COUNTED).len(), combinations);
    assert_eq!(Metric::dropped_series(&COUNTED), 0);
    let sum = (1..=combinations as u64).sum::<u64>();
    assert_eq!(COUNTED.sum(), sum);
}

#[test]
fn a_gauge_with_labels_is_shown_once_it_is_set() {
    static GAUGE: IntGauge<Pair> = IntGauge::new();
    let handle = GAUGE.with(Pair { one: "a", other: "b" });
    assert!(seen(&GAUGE).is_empty());
    handle.sub(2);
    assert_eq!(seen_at(&GAUGE, &["a", "b"]), Some("-2".to_owned()));
    assert!(GAUGE.remove(Pair { one: "a", other: "b" }));
    assert!(!GAUGE.remove(Pair { one: "a", other: "b" }));
    assert!(seen(&GAUGE).is_empty());
    handle.inc();
    assert_eq!(seen_at(&GAUGE, &["a", "b"]), Some("1".to_owned()));
}

#[test]
fn beyond_the_cap_one_series_takes_all() {
    static CAPPED: Counter<Pair> = Counter::new().max_series(3);
    for n in 0..10 {
        CAPPED.with(Pair { one: "n", other: &n.to_string() }).inc();
    }
    CAPPED.with(Pair { one: "n", other: "1" }).inc();
    assert_eq!(seen(&CAPPED).len(), 4);
    assert_eq!(seen_at(&CAPPED, &["_overflow", "_overflow"]), Some("7".to_owned()));
    assert_eq!(seen_at(&CAPPED, &["n", "1"]), Some("2".to_owned()));
    assert_eq!(CAPPED.dropped_series(), 7);
    assert_eq!(CAPPED.sum(), 11);
    // Room again, after a removal.
    assert_eq!(CAPPED.remove_matching(|values| values[1] == "0"), 1);
    CAPPED.with(Pair { one: "n", other: "new" }).inc();
    assert_eq!(seen_at(&CAPPED, &["n", "new"]), Some("1".to_owned()));
}

#[test]
#[cfg_attr(miri, ignore = "a megabyte of text takes miri minutes; shorter texts take the same paths")]
fn texts_too_long_to_keep_overflow() {
    static LONG: Counter<Pair> = Counter::new();
    for len in [32_000, 32_768, 65_536, 200_000] {
        LONG.with(Pair { one: "", other: &"x".repeat(len) }).inc();
    }
    assert_eq!(seen_at(&LONG, &["", &"x".repeat(32_000)]), Some("1".to_owned()));
    assert_eq!(seen_at(&LONG, &["_overflow", "_overflow"]), Some("3".to_owned()));
}

#[test]
fn a_removed_series_returns_from_zero_and_a_kept_handle_counts_nowhere_else() {
    static JOBS: Counter<Pair> = Counter::new();
    let labels = Pair { one: "a", other: "b" };
    let kept = JOBS.with(labels);
    kept.inc_by(5);
    assert!(JOBS.remove(labels));
    assert!(seen(&JOBS).is_empty());
    for n in 0..if cfg!(miri) { 10 } else { 50 } {
        JOBS.with(Pair { one: "new", other: &n.to_string() }).inc();
    }
    kept.inc();
    assert_eq!(seen_at(&JOBS, &["a", "b"]), Some("1".to_owned()));
    assert_eq!(JOBS.sum(), if cfg!(miri) { 11 } else { 51 });
    JOBS.clear();
    assert!(seen(&JOBS).is_empty());
    JOBS.with(labels).inc();
    assert_eq!(seen(&JOBS), [(vec!["a".to_owned(), "b".to_owned()], "1".to_owned())]);
}

#[test]
fn removed_histograms_take_off_counts_and_sum() {
    static SIZES: Histogram<Closed> = Histogram::new(buckets![1.0, 2.0]);
    let labels = Closed { flag: true, level: None };
    SIZES.with(labels).observe(1.5);
    assert!(SIZES.remove(labels));
    assert!(seen(&SIZES).is_empty());
    SIZES.with(labels).observe(0.25);
    assert_eq!(seen_at(&SIZES, &["true", ""]), Some("[1, 0, 0] 0.25".to_owned()));
}

#[test]
fn what_is_no_number_is_left_out_and_counted() {
    static HISTOGRAM: Histogram = Histogram::new(buckets![1.0]);
    static SUMMARY: Summary = Summary::new();
    static FLOATS: FloatCounter = FloatCounter::new();
    for value in [0.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 2.0] {
        HISTOGRAM.observe(value);
        SUMMARY.observe(value);
        FLOATS.inc_by(value);
    }
    FLOATS.inc_by(-1.0);
    assert_eq!(seen_at(&HISTOGRAM, &[]), Some("[2, 2] 2.5".to_owned()));
    assert_eq!(seen_at(&SUMMARY, &[]), Some("2 2.5".to_owned()));
    assert_eq!(seen_at(&FLOATS, &[]), Some("2.5".to_owned()));
    assert_eq!(HISTOGRAM.rejected_observations(), 3);
    assert_eq!(SUMMARY.rejected_observations(), 3);
    assert_eq!(FLOATS.rejected_observations(), 4);
}

#[test]
fn a_gauge_survives_nonsense() {
    static GAUGE: Gauge = Gauge::new();
    static WHOLE: IntGauge = IntGauge::new();
    GAUGE.set(1.0);
    GAUGE.add(f64::NAN);
    GAUGE.sub(f64::INFINITY);
    assert_eq!(seen_at(&GAUGE, &[]), Some("1".to_owned()));
    GAUGE.set(f64::NAN);
    assert!(GAUGE.get().is_nan());
    WHOLE.set(i64::MAX);
    WHOLE.inc();
    assert_eq!(WHOLE.get(), i64::MAX);
}

#[test]
fn threads_that_create_the_same_series_agree() {
    static SHARED: Counter<Pair> = Counter::new();
    let (threads, series, rounds): (u64, usize, u64) = if cfg!(miri) { (3, 5, 2) } else { (4, 300, 20) };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..rounds {
                    for n in 0..series {
                        SHARED.with(Pair { one: "s", other: &n.to_string() }).inc();
                    }
                }
            });
        }
        // Reads while the table grows.
        for _ in 0..rounds {
            for (_, value) in seen(&SHARED) {
                assert!(value.parse::<u64>().unwrap() <= threads * rounds);
            }
        }
    });
    let seen = seen(&SHARED);
    assert_eq!(seen.len(), series);
    assert!(seen.iter().all(|(_, value)| value.parse::<u64>().unwrap() == threads * rounds));
}

/// Texts that have broken label handling elsewhere.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[,=\"{}\\\\\n\0|\u{1f}\u{ff}-]{0,4}",
        "[ab]{0,3}",
        "\\PC{0,20}",
        Just("😱".repeat(5)),
        "[a-z]{7,18}",
        Just("x".repeat(if cfg!(miri) { 300 } else { 10_240 })),
        Just("_overflow".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 3 } else { 64 }))]

    #[test]
    fn label_sets_that_differ_anywhere_are_different_series(
        sets in proptest::collection::vec((hostile(), hostile()), 1..if cfg!(miri) { 8 } else { 60 }),
    ) {
        static FAMILY: Counter<Pair> = Counter::new().max_series(1_000_000);
        let before: HashMap<Vec<String>, u64> =
            seen(&FAMILY).into_iter().map(|(labels, value)| (labels, value.parse().unwrap())).collect();
        let mut expected = before;
        for (n, (one, other)) in sets.iter().enumerate() {
            FAMILY.with(Pair { one, other }).inc_by(n as u64 + 1);
            *expected.entry(vec![one.clone(), other.clone()]).or_insert(0) += n as u64 + 1;
        }
        let after = seen(&FAMILY);
        prop_assert_eq!(after.len(), expected.len());
        for (labels, value) in after {
            prop_assert_eq!(expected[&labels].to_string(), value);
        }
    }
}
