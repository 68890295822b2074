//! What is counted in a batch is counted once, however the batch ends, and no later than its bound.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
};
use tallymark_core::{Counter, CounterBatch, LabelSet};

const BOUND: u64 = CounterBatch::BOUND;

/// One label that takes any text.
struct Peer<'a>(&'a str);

impl LabelSet for Peer<'_> {
    type Borrowed<'a> = Peer<'a>;
    const NAMES: &'static [&'static str] = &["peer"];
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
fn what_was_counted_is_there_at_the_bound_and_at_the_end() {
    static COUNTER: Counter = Counter::new();
    let mut batch = COUNTER.batch();
    for counted in 1..=3 * BOUND + 5 {
        batch.inc();
        // An interpreter takes minutes to look each time.
        if !cfg!(miri) || counted % BOUND < 2 || counted % BOUND == BOUND - 1 {
            assert_eq!(COUNTER.get(), counted / BOUND * BOUND);
        }
    }
    batch.flush();
    assert_eq!(COUNTER.get(), 3 * BOUND + 5);
    batch.flush();
    drop(batch);
    assert_eq!(COUNTER.get(), 3 * BOUND + 5);
}

#[test]
fn any_amount_is_counted_once() {
    static COUNTER: Counter = Counter::new();
    let mut expected = 0_u64;
    for before in [0, 1, BOUND - 1] {
        for amount in [0, 1, BOUND - 1, BOUND, BOUND + 1, 1 << 40, u64::MAX] {
            let mut batch = COUNTER.batch();
            batch.inc_by(before);
            batch.inc_by(amount);
            drop(batch);
            expected = expected.wrapping_add(before).wrapping_add(amount);
            assert_eq!(COUNTER.get(), expected, "{before} {amount}");
        }
    }
}

#[test]
fn a_panic_loses_nothing_and_a_batch_may_end_on_another_thread() {
    static COUNTER: Counter = Counter::new();
    let result = catch_unwind(AssertUnwindSafe(|| {
        let mut batch = COUNTER.batch();
        batch.inc_by(7);
        panic!("on purpose");
    }));
    assert!(result.is_err());
    assert_eq!(COUNTER.get(), 7);
    let mut batch = COUNTER.batch();
    batch.inc_by(3);
    thread::spawn(move || batch.inc()).join().unwrap();
    assert_eq!(COUNTER.get(), 11);
}

/// A batch is a handle: what it counts goes to its own series, or nowhere.
#[test]
fn a_batch_of_a_series_that_was_given_to_another_counts_in_none() {
    static COUNTER: Counter<Peer<'static>> = Counter::new().max_series(4);
    let mut old = COUNTER.with(Peer("old")).batch();
    old.inc();
    old.flush();
    assert!(COUNTER.remove(Peer("old")));
    let mut name = 0;
    let other = (0..if cfg!(miri) { 60 } else { 10_000 })
        .map(|_| {
            name += 1;
            let name = format!("peer-{name}");
            let handle = COUNTER.with(Peer(&name));
            handle.inc();
            assert!(COUNTER.remove(Peer(&name)));
            name
        })
        .last()
        .unwrap();
    old.inc_by(5);
    drop(old);
    assert_eq!(COUNTER.sum(), 0);
    COUNTER.with(Peer(&other)).inc();
    assert_eq!(COUNTER.sum(), 1);
}
