//! What is shown of one series held at one moment, however fast it is counted.
#![allow(missing_docs)]

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};
use tallymark_core::{
    Histogram, LabelSet, Summary, UpDownCounter, buckets, place,
    registry::{self, Declaration, Selection},
    snapshot::{Snapshot, Value},
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

/// Runs `count` on several threads, over and over, for as long as it takes to read so often.
fn while_counting(threads: usize, readings: usize, count: impl Fn() + Sync, mut read: impl FnMut()) {
    struct Stop<'a>(&'a AtomicBool);
    impl Drop for Stop<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    count();
                }
            });
        }
        // Also if reading panics, so that the threads end.
        let _stop = Stop(&stop);
        (0..readings).for_each(|_| read());
    });
}

const READINGS: usize = if cfg!(miri) { 20 } else { 20_000 };

fn snapshot(name: &str) -> Snapshot {
    registry::snapshot_of(&Selection::of([name]))
}

#[test]
fn two_in_flight_are_never_more_than_two_and_never_less_than_none() {
    static PLAIN: UpDownCounter = UpDownCounter::new();
    let labelled: &UpDownCounter<Name<'static>> =
        Declaration::new("reading_in_flight", "Jobs.", place!()).declare(UpDownCounter::new).unwrap();
    let count = || {
        let _plain = PLAIN.in_flight();
        let _labelled = labelled.with(Name("a")).in_flight();
    };
    while_counting(2, READINGS, count, || {
        let plain = PLAIN.get();
        assert!((0..=2).contains(&plain), "{plain}");
        let shown = snapshot("reading_in_flight").value("reading_in_flight", &[("name", "a")]);
        let shown = shown.unwrap_or(0.0);
        assert!((0.0..=2.0).contains(&shown), "{shown}");
    });
    assert_eq!(PLAIN.get(), 0);
}

/// What one thread begins another one ends, and a lock keeps it from being more than one.
#[test]
fn what_is_handed_from_thread_to_thread_is_one_thing() {
    static LEVEL: UpDownCounter = UpDownCounter::new();
    static LOCK: Mutex<bool> = Mutex::new(false);
    let count = || {
        let mut up = LOCK.lock().unwrap();
        if *up {
            LEVEL.dec();
        } else {
            LEVEL.inc();
        }
        *up = !*up;
    };
    while_counting(4, READINGS, count, || {
        let level = LEVEL.get();
        assert!((0..=1).contains(&level), "{level}");
    });
}

#[test]
fn the_sum_is_that_of_the_observations_that_are_counted() {
    static ONES: Histogram = Histogram::new(buckets![0.5, 1.0, 2.0]);
    static EITHER: Histogram = Histogram::new(buckets![0.25, 0.5, 0.75, 1.0]);
    static SUMMARY: Summary = Summary::new();
    let count = || {
        ONES.observe(1.0);
        EITHER.observe(1.0);
        EITHER.observe(0.5);
        SUMMARY.observe(1.0);
    };
    while_counting(2, READINGS, count, || {
        let (ones, either, summary) = (ONES.get(), EITHER.get(), SUMMARY.get());
        let either_count = either.count() as f64;
        assert!((either_count * 0.5..=either_count + 2.0).contains(&either.sum()), "{either:?}");
        assert_eq!(either.counts()[0] + either.counts()[2] + either.counts()[4], 0);
        for (count, sum) in [(ones.count(), ones.sum()), (summary.count(), summary.sum())] {
            // A thread may be interrupted between the sum and the count.
            let ahead = sum - count as f64;
            assert!((0.0..=2.0).contains(&ahead), "{ahead}");
        }
    });
}

#[test]
fn a_histogram_of_a_family_is_read_at_one_moment() {
    let histogram: &Histogram<Name<'static>> = Declaration::new("reading_durations", "Jobs.", place!())
        .declare(|| Histogram::new(buckets![0.5, 1.0]))
        .unwrap();
    let count = || histogram.with(Name("a")).observe(1.0);
    while_counting(3, READINGS / 4, count, || {
        for series in &snapshot("reading_durations").family("reading_durations").unwrap().series {
            let Value::Histogram(value) = &series.value else { panic!("{series:?}") };
            let ahead = value.sum - value.counts.iter().sum::<u64>() as f64;
            assert!((0.0..=3.0).contains(&ahead), "{ahead}");
        }
    });
}

#[test]
fn classic_and_native_buckets_hold_the_same_observations() {
    let histogram: &Histogram = Declaration::new("reading_native", "Jobs.", place!())
        .declare(|| Histogram::new(buckets![0.5, 1.0]).with_native(tallymark_core::Native::new()))
        .unwrap();
    let count = || histogram.observe(1.0);
    while_counting(2, READINGS / 8, count, || {
        let snapshot = snapshot("reading_native");
        let Value::Histogram(value) = &snapshot.family("reading_native").unwrap().series[0].value else {
            panic!("not a histogram")
        };
        assert_eq!(value.counts[0], 0, "{value:?}");
        // A thread may be interrupted between the two.
        assert!(value.counts[2] <= 2, "{value:?}");
        let ahead = value.sum - value.counts.iter().sum::<u64>() as f64;
        assert!((-2.0..=2.0).contains(&ahead), "{ahead}");
    });
}
