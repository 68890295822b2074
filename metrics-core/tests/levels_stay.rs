//! What has a level keeps it, and what was counted of a metric stays counted.
#![allow(missing_docs)]

use tallymark_core::{
    FloatCounter, Histogram, IntGauge, LabelSet, Summary, UpDownCounter, buckets, place,
    registry::{self, Declaration},
};

struct Name<'a>(&'a str);

impl LabelSet for Name<'_> {
    type Borrowed<'a> = Name<'a>;
    const NAMES: &'static [&'static str] = &["name"];
    const CARDINALITY: Option<usize> = None;

    fn index(&self) -> usize {
        0
    }

    fn visit(&self, f: &mut impl FnMut(&str)) {
        f(self.0);
    }

    fn visit_at(_: usize, _: &mut dyn FnMut(&'static str)) {}
}

#[test]
fn what_is_in_flight_is_not_removed() {
    static PLAIN: UpDownCounter = UpDownCounter::new();
    static FAMILY: UpDownCounter<Name<'static>> = UpDownCounter::new();
    let guards: Vec<_> = (0..10).map(|_| (PLAIN.in_flight(), FAMILY.with(Name("a")).in_flight())).collect();
    FAMILY.with(Name("b")).inc();
    FAMILY.with(Name("b")).dec();
    assert!(!PLAIN.remove(()));
    assert!(!FAMILY.remove(Name("a")));
    assert_eq!(FAMILY.remove_matching(|_| true), 1, "the one at zero");
    PLAIN.clear();
    FAMILY.clear();
    assert_eq!((PLAIN.get(), FAMILY.with(Name("a")).get()), (10, 10));
    drop(guards);
    assert_eq!((PLAIN.get(), FAMILY.with(Name("a")).get()), (0, 0));
    assert!(PLAIN.remove(()) && FAMILY.remove(Name("a")));
}

#[test]
fn rejected_observations_stay_counted_when_their_series_is_removed() {
    let declare = |name: &str| Declaration::new(name, "Tests.", place!());
    let counter: &FloatCounter<Name<'static>> =
        declare("levels_euros_total").declare(FloatCounter::new).unwrap();
    let histogram: &Histogram<Name<'static>> =
        declare("levels_sizes").declare(|| Histogram::new(buckets![1.0])).unwrap();
    let summary: &Summary = declare("levels_lengths").declare(Summary::new).unwrap();
    counter.with(Name("a")).inc_by(-1.0);
    histogram.with(Name("a")).observe(f64::NAN);
    summary.observe(f64::NAN);
    for _ in 0..2 {
        let snapshot = registry::snapshot();
        for metric in ["levels_euros_total", "levels_sizes", "levels_lengths"] {
            let rejected = snapshot.counter("tallymark_rejected_observations_total", &[("metric", metric)]);
            assert_eq!(rejected, Some(1), "{metric}");
        }
        counter.clear();
        histogram.clear();
        summary.clear();
    }
}

#[test]
fn every_whole_number_but_the_least_is_one_that_a_gauge_can_have() {
    static GAUGE: IntGauge<Name<'static>> = IntGauge::new();
    let gauge = GAUGE.with(Name("a"));
    let mark: i64 = 0x7ff8_ab5e_0000_0001;
    for value in [0, 1, -1, mark - 1, mark, mark + 1, i64::MAX, i64::MIN + 1] {
        gauge.set(value);
        assert_eq!(gauge.get(), value);
        gauge.set(value.saturating_sub(1).max(i64::MIN + 1));
        gauge.inc();
        assert_eq!(gauge.get(), value.max(i64::MIN + 2), "by one step");
        gauge.dec();
        gauge.sub(0);
    }
    gauge.set(i64::MIN);
    assert_eq!(gauge.get(), i64::MIN + 1);
    gauge.sub(i64::MAX);
    assert_eq!(gauge.get(), i64::MIN + 1);
    assert!(GAUGE.remove(Name("a")), "it is there");
    assert_eq!(gauge.get(), 0);
}
