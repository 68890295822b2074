use super::{
    common::{Closed, Pair},
    shown,
};
use std::{thread, time::Duration};
use tallymark_core::{Histogram, Native, buckets};

#[test]
fn native_only_has_one_classic_bucket() {
    static H: Histogram = Histogram::native(Native::new().schema(0));
    let [nothing] = shown(&H).try_into().expect("one series");
    assert_eq!(nothing.counts, [0]);
    assert_eq!(nothing.native.map(|native| (native.schema, native.count())), Some((0, 0)));

    for value in [0.5, 3.0, 4.0, -1.0, 0.0] {
        H.observe(value);
    }
    H.handle().observe(3.5);
    H.observe_duration(Duration::from_secs(2));
    H.start_timer().observe();
    let [seen] = shown(&H).try_into().expect("one series");
    let native = seen.native.expect("native buckets");
    assert_eq!(seen.counts, [8]);
    assert_eq!(native.count(), 8);
    assert_eq!(
        native.positive.iter().filter(|(key, _)| *key >= -1).copied().collect::<Vec<_>>(),
        [(-1, 1), (1, 1), (2, 3)]
    );
    assert_eq!(native.negative, [(0, 1)]);
    assert_eq!(native.zero_count, 1);
    assert_eq!(H.get().count(), 8);
}

#[test]
fn what_is_not_a_number_is_left_out_and_infinities_are_not_summed() {
    static H: Histogram = Histogram::new(buckets![1.0]).with_native(Native::new());
    for value in [f64::NAN, f64::INFINITY, 2.0] {
        H.observe(value);
    }
    let [seen] = shown(&H).try_into().expect("one series");
    assert_eq!((seen.counts.as_slice(), seen.sum.to_bits()), ([0, 2].as_slice(), 2.0_f64.to_bits()));
    assert_eq!(seen.native.map(|native| native.count()), Some(2));
}

#[test]
fn both_kinds_of_buckets_hold_the_same_number() {
    static H: Histogram<Pair<'static>> =
        Histogram::new(buckets![1.0, 10.0]).with_native(Native::new().max_buckets(5));
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let handle = H.with(Pair { one: "a", other: "b" });
                for number in 0..5_000 {
                    handle.observe(f64::from(number % 100));
                    H.with(Pair { one: "c", other: "d" }).observe(1.0);
                }
            });
        }
        for _ in 0..200 {
            for series in shown(&H) {
                let native = series.native.expect("native buckets").count();
                assert_eq!(series.counts.iter().sum::<u64>(), native);
            }
        }
    });
    let [first, second] = shown(&H).try_into().expect("two series");
    let (first, second) = if first.labels[0] == "a" { (first, second) } else { (second, first) };
    assert_eq!(first.counts, [300, 1350, 13_350]);
    assert_eq!(second.counts, [15_000, 0, 0]);
    assert_eq!(second.native.map(|native| native.positive), Some(vec![(0, 15_000)]));
    assert!(first.native.is_some_and(|native| native.positive.len() <= 5 && native.schema < 3));
}

#[test]
fn closed_labels_have_buckets_of_their_own() {
    static H: Histogram<Closed> = Histogram::native(Native::new().schema(0)).init();
    H.with(Closed { flag: true, level: None }).observe(2.0);
    H.with(Closed { flag: true, level: Some(true) }).observe(8.0);
    let seen = shown(&H);
    assert_eq!(seen.len(), 6);
    for series in seen {
        let expected = match (series.labels[0].as_str(), series.labels[1].as_str()) {
            ("true", "") => vec![(1, 1)],
            ("true", "true") => vec![(3, 1)],
            _ => vec![],
        };
        assert_eq!(series.native.map(|native| native.positive), Some(expected));
    }
}

#[test]
fn a_series_that_returns_starts_from_nothing() {
    static H: Histogram<Pair<'static>> = Histogram::native(Native::new().schema(0));
    let handle = H.with(Pair { one: "a", other: "b" });
    handle.observe(1.0);
    handle.observe(0.0);
    assert!(H.remove(Pair { one: "a", other: "b" }));
    assert!(shown(&H).is_empty());
    handle.observe(4.0);
    let [seen] = shown(&H).try_into().expect("one series");
    assert_eq!(seen.counts, [1]);
    assert_eq!(seen.native.map(|native| (native.zero_count, native.positive)), Some((0, vec![(2, 1)])));
}

#[test]
fn what_overflows_has_native_buckets_too() {
    static H: Histogram<Pair<'static>> = Histogram::native(Native::new().schema(0)).max_series(1);
    for one in ["a", "b", "c"] {
        H.with(Pair { one, other: "x" }).observe(2.0);
    }
    let counts: Vec<_> =
        shown(&H).into_iter().map(|series| (series.labels[0].clone(), series.counts)).collect();
    assert_eq!(counts, [("a".to_owned(), vec![1]), ("_overflow".to_owned(), vec![2])]);
}
