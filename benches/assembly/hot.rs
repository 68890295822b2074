//! One function for each operation whose instructions `benches/assembly.sh` looks at.

use std::hint::black_box;

use tallymark::{Counter, CounterHandle, Histogram, LabelSet, LabelValue, buckets, metric, timed};

#[derive(LabelValue, Clone, Copy)]
enum Verb {
    Get,
    Post,
    Delete,
}

#[derive(LabelValue, Clone, Copy)]
enum Outcome {
    Fine,
    Refused,
    Failed,
}

#[derive(LabelSet, Clone, Copy)]
struct Ended {
    verb: Verb,
    outcome: Outcome,
}

/// Without labels.
#[metric(name = "unlabelled_total")]
static UNLABELLED: Counter = Counter::new();

/// With closed labels.
#[metric(name = "closed_total")]
static CLOSED: Counter<Ended> = Counter::new();

/// A histogram.
#[metric(name = "observed_seconds")]
static OBSERVED: Histogram =
    Histogram::new(buckets![0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]);

#[inline(never)]
fn hot_unlabelled() {
    UNLABELLED.inc();
}

#[inline(never)]
fn hot_handle(handle: CounterHandle) {
    handle.inc();
}

#[inline(never)]
fn hot_closed(ended: Ended) {
    CLOSED.with(ended).inc();
}

/// Counts in a loop, as many times as there are bytes that are not zero.
#[inline(never)]
fn hot_batch(bytes: &[u8]) {
    let mut batch = UNLABELLED.batch();
    for &byte in bytes {
        if black_box(byte) != 0 {
            batch.inc();
        }
    }
}

#[inline(never)]
fn hot_histogram(value: f64) {
    OBSERVED.observe(value);
}

#[inline(never)]
#[timed]
fn hot_timed(value: u64) -> Result<u64, ()> {
    black_box(Ok(value))
}

fn main() {
    let verbs = [Verb::Get, Verb::Post, Verb::Delete];
    let outcomes = [Outcome::Fine, Outcome::Refused, Outcome::Failed];
    for i in 0..9 {
        hot_unlabelled();
        hot_handle(black_box(UNLABELLED.handle()));
        hot_closed(black_box(Ended { verb: verbs[i / 3], outcome: outcomes[i % 3] }));
        hot_histogram(black_box(0.3));
        let _ = hot_timed(black_box(1));
    }
    hot_batch(black_box(&[1, 0, 1]));
    assert_eq!((UNLABELLED.get(), CLOSED.sum(), OBSERVED.get().count()), (20, 9, 9));
}
