//! Series that come and go: what is removed is given back, and no handle from before counts for what comes after.
#![allow(missing_docs)]

mod common;

use common::{Pair, seen, seen_at};
use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};
use tallymark_core::{
    Counter, FloatCounter, Histogram, IntGauge, Metric, Native, Summary, UpDownCounter, buckets, place,
    registry::{self, Declaration, Selection},
};

fn pair(other: &str) -> Pair<'_> {
    Pair { one: "peer", other }
}

/// Miri is a thousand times slower.
const fn times(native: usize, miri: usize) -> usize {
    if cfg!(miri) { miri } else { native }
}

/// The most series of a family, which is also how many are removed before one is given back.
const MOST: u32 = if cfg!(miri) { 4 } else { 16 };

/// What is shown of a series, by its number.
type Value<'a> = &'a dyn Fn(usize) -> String;

#[test]
fn a_hundred_times_as_many_as_may_be_shown_come_and_go_and_none_overflows() {
    static PEERS: Counter<Pair> = Counter::new().max_series(MOST);
    static WAITING: UpDownCounter<Pair> = UpDownCounter::new().max_series(MOST);
    static SIZES: Histogram<Pair> = Histogram::new(buckets![1.0, 10.0]).max_series(MOST);
    static SECONDS: FloatCounter<Pair> = FloatCounter::new().max_series(MOST);
    static LENGTHS: Summary<Pair> = Summary::new().max_series(MOST);
    static LEVELS: IntGauge<Pair> = IntGauge::new().max_series(MOST);
    let metrics: [&dyn Metric; 6] = [&PEERS, &WAITING, &SIZES, &SECONDS, &LENGTHS, &LEVELS];
    let alive = times(10, 3);
    let name = |number: usize| format!("{}{number}", "x".repeat(number % times(40, 12)));
    for number in 0..times(4000, 18) {
        let text = name(number);
        PEERS.with(pair(&text)).inc_by(number as u64 + 1);
        WAITING.with(pair(&text)).add(3);
        SIZES.with(pair(&text)).observe(0.1);
        SECONDS.with(pair(&text)).inc_by(0.1);
        LENGTHS.with(pair(&text)).observe(0.1);
        LEVELS.with(pair(&text)).set(i64::try_from(number).unwrap());
        if number >= alive {
            let gone = name(number - alive);
            WAITING.with(pair(&gone)).add(-3);
            assert!(PEERS.remove(pair(&gone)) && WAITING.remove(pair(&gone)) && SIZES.remove(pair(&gone)));
            assert!(SECONDS.remove(pair(&gone)) && LENGTHS.remove(pair(&gone)) && LEVELS.remove(pair(&gone)));
        }
        if number % times(97, 17) == 0 {
            // Sums that are exact: nothing is left of what was in these cells before.
            let expected: [(&dyn Metric, Value<'_>); 6] = [
                (&PEERS, &|number| (number + 1).to_string()),
                (&WAITING, &|_| "3".to_owned()),
                (&SIZES, &|_| "[1, 0, 0] 0.1".to_owned()),
                (&SECONDS, &|_| "0.1".to_owned()),
                (&LENGTHS, &|_| "1 0.1".to_owned()),
                (&LEVELS, &|number| number.to_string()),
            ];
            for (metric, value) in expected {
                let shown: HashMap<_, _> = seen(metric).into_iter().collect();
                assert_eq!(shown.len(), alive.min(number + 1));
                for number in number.saturating_sub(alive - 1)..=number {
                    let texts = vec!["peer".to_owned(), name(number)];
                    assert_eq!(shown.get(&texts), Some(&value(number)), "{texts:?}");
                }
            }
        }
    }
    assert!(metrics.iter().all(|metric| metric.dropped_series() == 0));
}

#[test]
fn a_handle_from_before_counts_for_no_other_series_and_is_counted_as_dropped() {
    static PEERS: Counter<Pair> = Counter::new().max_series(4);
    static LEVELS: IntGauge<Pair> = IntGauge::new().max_series(4);
    static SIZES: Histogram<Pair> = Histogram::new(buckets![1.0]).max_series(4);
    static WAITING: UpDownCounter<Pair> = UpDownCounter::new().max_series(4);
    let (peer, level) = (PEERS.with(pair("kept")), LEVELS.with(pair("kept")));
    let (size, waiting) = (SIZES.with(pair("kept")), WAITING.with(pair("kept")));
    peer.inc_by(7);
    level.set(7);
    size.observe(0.5);
    drop(waiting.in_flight());
    assert!(PEERS.remove(pair("kept")) && LEVELS.remove(pair("kept")));
    assert!(SIZES.remove(pair("kept")) && WAITING.remove(pair("kept")));
    let churn = |from: usize| {
        for number in from..from + times(100, 8) {
            let text = number.to_string();
            PEERS.with(pair(&text)).inc();
            LEVELS.with(pair(&text)).set(1);
            SIZES.with(pair(&text)).observe(2.0);
            WAITING.with(pair(&text)).add(0);
            assert!(PEERS.remove(pair(&text)) && LEVELS.remove(pair(&text)));
            assert!(SIZES.remove(pair(&text)) && WAITING.remove(pair(&text)));
        }
    };
    churn(0);
    let texts: Vec<String> = (0..3).map(|number| format!("new-{number}")).collect();
    for text in &texts {
        PEERS.with(pair(text)).inc_by(2);
        LEVELS.with(pair(text)).set(2);
        SIZES.with(pair(text)).observe(2.0);
        WAITING.with(pair(text)).add(2);
    }
    for _ in 0..5 {
        peer.inc_by(1000);
        level.set(1000);
        level.add(1000);
        size.observe(0.5);
        size.observe(f64::NAN);
        waiting.inc();
    }
    let guard = waiting.in_flight();
    for metric in [&PEERS as &dyn Metric, &LEVELS, &SIZES, &WAITING] {
        assert_eq!(seen(metric).len(), 3);
        assert!(metric.dropped_series() >= 5, "{}", metric.dropped_series());
    }
    drop(guard);
    // Who can look it up again is told instead.
    let dropped = (PEERS.dropped_series(), SIZES.dropped_series());
    assert!(!peer.inc_at_once(1000) && !size.observe_at_once(0.5));
    assert_eq!((PEERS.dropped_series(), SIZES.dropped_series()), dropped);
    for text in &texts {
        let texts = ["peer", text.as_str()];
        assert_eq!(seen_at(&PEERS, &texts), Some("2".to_owned()));
        assert_eq!(seen_at(&LEVELS, &texts), Some("2".to_owned()));
        assert_eq!(seen_at(&SIZES, &texts), Some("[0, 1] 2".to_owned()));
        assert_eq!(seen_at(&WAITING, &texts), Some("2".to_owned()));
    }
    assert_eq!((peer.get(), level.get(), size.get().count(), waiting.get()), (0, 0, 0, 0));
    assert_eq!(SIZES.rejected_observations(), 0);
    // By its labels it returns, from nothing.
    PEERS.with(pair("kept")).inc();
    assert_eq!(seen_at(&PEERS, &["peer", "kept"]), Some("1".to_owned()));
    // A thread without memory for it counts nothing at once, and all that comes after.
    let (peer, size) = (PEERS.with(pair("kept")), SIZES.with(pair("kept")));
    let elsewhere = thread::spawn(move || {
        assert!(!peer.inc_at_once(1000) && !size.observe_at_once(0.5));
        peer.inc();
        size.observe(2.0);
        // Other tests close this thread's window at any moment, and then it is not a matter of some instructions.
        if !peer.inc_at_once(4) {
            peer.inc_by(4);
        }
        if !size.observe_at_once(2.0) {
            size.observe(2.0);
        }
        assert!(!size.observe_at_once(f64::NAN));
    });
    elsewhere.join().unwrap();
    assert_eq!(seen_at(&PEERS, &["peer", "kept"]), Some("6".to_owned()));
    assert_eq!(seen_at(&SIZES, &["peer", "kept"]), Some("[0, 2] 4".to_owned()));
    assert_eq!(SIZES.rejected_observations(), 0);
}

#[test]
fn what_returns_through_a_handle_starts_from_nothing_whatever_it_held() {
    static SECONDS: FloatCounter<Pair> = FloatCounter::new();
    static SIZES: Histogram<Pair> = Histogram::new(buckets![1.0]);
    static PLAIN: Summary = Summary::new();
    let (seconds, sizes) = (SECONDS.with(pair("a")), SIZES.with(pair("a")));
    for _ in 0..3 {
        seconds.inc_by(f64::MAX);
        seconds.inc_by(f64::MAX);
        sizes.observe(1e300);
        PLAIN.observe(1e300);
        assert!(SECONDS.remove(pair("a")) && SIZES.remove(pair("a")) && PLAIN.remove(()));
        assert!(seen(&SECONDS).is_empty() && seen(&SIZES).is_empty());
        seconds.inc_by(0.1);
        sizes.observe(0.1);
        PLAIN.observe(0.1);
        assert_eq!(seen_at(&SECONDS, &["peer", "a"]), Some("0.1".to_owned()));
        assert_eq!(seen_at(&SIZES, &["peer", "a"]), Some("[1, 0] 0.1".to_owned()));
        assert_eq!(seen_at(&PLAIN, &[]), Some("1 0.1".to_owned()));
    }
}

#[test]
fn a_native_histogram_that_returns_has_its_first_resolution_and_so_has_the_next_one() {
    let sizes: &Histogram<Pair<'static>> = Declaration::new("come_and_go_sizes", "Tests.", place!())
        .declare(|| Histogram::native(Native::new().schema(3).max_buckets(4)).max_series(2))
        .unwrap();
    let native = |text: &str| {
        let snapshot = registry::snapshot_of(&Selection::of(["come_and_go_sizes"]));
        let labels = [("one", "peer"), ("other", text)];
        let histogram = snapshot.histogram("come_and_go_sizes", &labels).expect("it is shown");
        let native = histogram.native.as_ref().expect("native buckets");
        (native.schema, native.count(), histogram.count())
    };
    let handle = sizes.with(pair("a"));
    for round in 0..times(60, 2) {
        for value in [1.0, 10.0, 100.0, 1000.0, 1e4, 1e5] {
            handle.observe(value);
        }
        let (schema, ..) = native("a");
        assert!(schema < 3, "{schema}");
        assert!(sizes.remove(pair("a")));
        handle.observe(5.0);
        assert_eq!(native("a"), (3, 1, 1), "{round}");
    }
    assert!(sizes.remove(pair("a")));
    for number in 0..times(60, 7) {
        let text = number.to_string();
        sizes.with(pair(&text)).observe(5.0);
        if number % times(10, 7) == times(9, 6) {
            assert_eq!(native(&text), (3, 1, 1), "{number}");
        }
        for value in [1.0, 10.0, 100.0, 1000.0, 1e4] {
            sizes.with(pair(&text)).observe(value);
        }
        assert!(sizes.remove(pair(&text)));
    }
    handle.observe(5.0);
    assert!(seen(sizes).is_empty());
    assert_eq!(sizes.dropped_series(), 1);
}

/// Threads count under their own labels, which come and go, while others hold handles from before and scrape.
#[test]
fn every_count_is_in_its_own_series_while_series_come_and_go() {
    static PEERS: Counter<Pair> = Counter::new().max_series(MOST);
    static LEVELS: IntGauge<Pair> = IntGauge::new().max_series(MOST);
    static SIZES: Histogram<Pair> = Histogram::new(buckets![1.0]).max_series(MOST);
    let (threads, rounds) = (times(4, 2), times(3000, 14));
    let steps = times(10, 2);
    let (counted, last, observed) =
        (6 * steps as u64, i64::try_from(steps).unwrap() - 1, 0.25 * steps as f64);
    let old = Mutex::new(Vec::new());
    let done = AtomicBool::new(false);
    let scrapes = AtomicU64::new(0);
    thread::scope(|scope| {
        let counting: Vec<_> = (0..threads)
            .map(|thread| {
                let old = &old;
                scope.spawn(move || {
                    let mut kept = VecDeque::new();
                    for round in 0..rounds {
                        let text = format!("{thread}-{round}");
                        let (peer, level) = (PEERS.with(pair(&text)), LEVELS.with(pair(&text)));
                        for step in 0..=last {
                            PEERS.with(pair(&text)).inc_by(2);
                            peer.inc_by(4);
                            level.set(step);
                            SIZES.with(pair(&text)).observe(0.25);
                        }
                        assert_eq!((peer.get(), level.get()), (counted, last), "{text}");
                        assert_eq!(
                            SIZES.with(pair(&text)).get().sum().to_bits(),
                            observed.to_bits(),
                            "{text}"
                        );
                        assert!(PEERS.remove(pair(&text)) && LEVELS.remove(pair(&text)), "{text}");
                        assert!(SIZES.remove(pair(&text)), "{text}");
                        kept.push_back((peer, level));
                        // So many were removed behind it that its place was given away.
                        if kept.len() > times(32, 10) {
                            let (peer, level) = kept.pop_front().unwrap();
                            if round % times(50, 2) == 0 {
                                old.lock().unwrap().push((peer, level));
                            }
                        }
                    }
                })
            })
            .collect();
        // Amounts of which nothing may be seen.
        scope.spawn(|| {
            while !done.load(Ordering::Acquire) {
                let old = old.lock().unwrap().clone();
                for (peer, level) in old {
                    peer.inc_by(1_000_001);
                    level.set(1_000_001);
                }
                thread::yield_now();
            }
        });
        scope.spawn(|| {
            while !done.load(Ordering::Acquire) {
                for (labels, value) in seen(&PEERS) {
                    let value: u64 = value.parse().unwrap();
                    assert!(value <= counted && value % 2 == 0, "{labels:?} {value}");
                }
                for (labels, value) in seen(&LEVELS) {
                    let value: i64 = value.parse().unwrap();
                    assert!((0..=last).contains(&value), "{labels:?} {value}");
                }
                for (labels, value) in seen(&SIZES) {
                    let (counts, sum) = value.rsplit_once(' ').unwrap();
                    let counts: Vec<u64> = counts
                        .trim_matches(['[', ']'])
                        .split(", ")
                        .map(|count| count.parse().unwrap())
                        .collect();
                    let summed = sum.parse::<f64>().unwrap() * 4.0;
                    // One thread counts in each series. It may have been interrupted between the sum and the count.
                    let observations = [counts[0] as f64, counts[0] as f64 + 1.0];
                    assert!(observations.contains(&summed), "{labels:?} {value}");
                    assert!(summed <= steps as f64 && counts[1..] == [0], "{labels:?} {value}");
                }
                scrapes.fetch_add(1, Ordering::Relaxed);
            }
        });
        let panicked = counting.into_iter().map(thread::ScopedJoinHandle::join).any(|joined| joined.is_err());
        done.store(true, Ordering::Release);
        assert!(!panicked);
    });
    assert!(scrapes.load(Ordering::Relaxed) > 0);
}

/// A family that is not a static may go before its handles.
#[test]
fn handles_may_outlive_their_family() {
    let handle = {
        let family: Counter<Pair> = Counter::new();
        family.with(pair("a"))
    };
    handle.inc();
    assert_eq!(handle.get(), 1);
}
