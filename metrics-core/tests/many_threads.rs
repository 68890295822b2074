//! Threads beyond twice the processors have no cells of their own, and count all the same: in every kind of metric, in
//! series that come and go, and while somebody reads.

// Sums of halves and ones are exact.
#![allow(clippy::float_cmp)]

use std::{
    sync::{
        Barrier,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};
use tallymark_core::{
    Buckets, Counter, Gauge, Histogram, Summary, UpDownCounter, place,
    registry::{self, Declaration},
};

const THREADS: usize = if cfg!(miri) { 5 } else { 48 };
const EACH: u64 = if cfg!(miri) { 4 } else { 2_000 };

#[test]
fn every_kind_counts_on_threads_that_have_no_cells_of_their_own() {
    static SIZES: Buckets = Buckets::new(&[1.0, 2.0]);
    let declare = |name| Declaration::new(name, "Counted by many.", place!());
    let counter: &Counter = declare("many_total").declare(Counter::new).unwrap();
    let floats: &Counter<(), f64> = declare("many_floats_total").declare(Counter::new).unwrap();
    let levels: &UpDownCounter = declare("many_levels").declare(UpDownCounter::new).unwrap();
    let histogram: &Histogram = declare("many_sizes_bytes").declare(|| Histogram::new(&SIZES)).unwrap();
    let summary: &Summary = declare("many_summaries_bytes").declare(Summary::new).unwrap();
    let labelled = declare("many_places_total").labels(["place"]).declare(Counter::<()>::new).unwrap();
    let gauges = declare("many_gauges").labels(["place"]).declare(Gauge::<()>::new).unwrap();
    let all = Barrier::new(THREADS);
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let all = &all;
            scope.spawn(move || {
                counter.inc();
                all.wait();
                let place = (thread % 3).to_string();
                let kept = labelled.with(&[place.as_str()]);
                let gauge = gauges.with(&[place.as_str()]);
                for n in 0..EACH {
                    counter.inc();
                    floats.inc_by(0.5);
                    levels.inc();
                    histogram.observe((n % 3) as f64);
                    summary.observe(2.0);
                    kept.inc();
                    labelled.with(&[place.as_str()]).inc();
                    gauge.add(1.0);
                    if n % 2 == 0 {
                        levels.dec();
                    }
                }
            });
        }
    });
    let all = THREADS as u64 * EACH;
    assert_eq!(counter.get(), all + THREADS as u64);
    assert_eq!(floats.get(), all as f64 / 2.0);
    assert_eq!(levels.get(), i64::try_from(all / 2).unwrap());
    assert_eq!(histogram.get().count(), all);
    assert_eq!(summary.get().count(), all);
    let places = ["0", "1", "2"];
    assert_eq!(places.iter().map(|&place| labelled.with(&[place]).get()).sum::<u64>(), 2 * all);
    assert_eq!(places.iter().map(|&place| gauges.with(&[place]).get()).sum::<f64>(), all as f64);
}

/// A slot that is given to another series holds nothing of the one before, whatever threads take turns in its block.
#[test]
fn series_come_and_go_under_threads_that_have_no_cells_of_their_own() {
    let family = Declaration::new("many_come_total", "Counted by many.", place!())
        .labels(["place"])
        .max_series(200)
        .declare(Counter::<()>::new)
        .unwrap();
    let (all, counted) = (Barrier::new(THREADS), AtomicU64::new(0));
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (all, counted) = (&all, &counted);
            scope.spawn(move || {
                family.with(&["all"]).inc();
                all.wait();
                for round in 0..EACH / 4 {
                    let place = format!("{thread}/{round}");
                    for n in 1..=3 {
                        let handle = family.with(&[place.as_str()]);
                        handle.inc();
                        assert_eq!(handle.get(), n, "{place}");
                    }
                    counted.fetch_add(3, Ordering::Relaxed);
                    assert!(family.remove(&[place.as_str()]), "{place}");
                }
            });
        }
    });
    assert_eq!(counted.load(Ordering::Relaxed), THREADS as u64 * (EACH / 4) * 3);
    assert_eq!(family.with(&["all"]).get(), THREADS as u64);
    assert!(registry::snapshot().family("many_come_total").is_some());
}
