use super::*;
use crate::number::neighbour::next_up;
use std::thread;

fn keys(buckets: &NativeBuckets) -> (i32, Vec<(i32, u64)>) {
    let read = read(buckets);
    (read.schema, read.positive)
}

fn observe(buckets: &NativeBuckets, value: f64) {
    buckets.observe(value, Slot::always(0));
}

/// What the buckets hold; the series they belong to has one cell, which holds nothing.
fn read(buckets: &NativeBuckets) -> NativeHistogram {
    let slot = cell::reserve(1);
    buckets.read_with(Scope::Process, (slot, Layout::COUNTER), &|cells, _| cells == [0]).1
}

#[test]
fn each_value_in_its_bucket() {
    let buckets = NativeBuckets::new(Native::new().schema(0), 0);
    for value in [0.0, 1e-40, 1.0, 1.5, 2.0, 2.5, -2.5, f64::INFINITY, f64::NEG_INFINITY] {
        observe(&buckets, value);
    }
    let read = read(&buckets);
    assert_eq!(read.positive, [(0, 1), (1, 2), (2, 1), (1025, 1)]);
    assert_eq!(read.negative, [(2, 1), (1025, 1)]);
    assert_eq!((read.zero_count, read.schema, read.count()), (2, 0, 9));
}

#[test]
fn a_threshold_of_one_takes_what_is_on_it() {
    let buckets = NativeBuckets::new(Native::new().zero_threshold(1.0), 0);
    for value in [1.0, -1.0, 0.5, next_up(1.0_f64)] {
        observe(&buckets, value);
    }
    assert_eq!(read(&buckets).zero_count, 3);
    let buckets = NativeBuckets::new(Native::new().zero_threshold(0.0), 0);
    for value in [0.0, -0.0, 5e-324] {
        observe(&buckets, value);
    }
    let read = read(&buckets);
    assert_eq!((read.zero_count, read.positive.len()), (2, 1));
}

#[test]
fn the_resolution_is_halved_when_there_are_too_many() {
    let buckets = NativeBuckets::new(Native::new().schema(2).max_buckets(4), 0);
    for value in [1.0, 1.1, 1.3, 1.6] {
        observe(&buckets, value);
    }
    assert_eq!(keys(&buckets), (2, vec![(0, 1), (1, 1), (2, 1), (3, 1)]));
    observe(&buckets, 1.9);
    assert_eq!(keys(&buckets), (1, vec![(0, 1), (1, 2), (2, 2)]));
    for value in [1.1, 1.9, 3.0, 100.0] {
        observe(&buckets, value);
    }
    let (schema, positive) = keys(&buckets);
    assert_eq!((schema, &positive), (0, &vec![(0, 1), (1, 6), (2, 1), (7, 1)]));
}

#[test]
fn at_the_coarsest_there_may_be_more() {
    let buckets = NativeBuckets::new(Native::new().schema(8).max_buckets(1), 0);
    let values: Vec<f64> = (-1074..1024).map(|exponent| f64::from(exponent).exp2() * 1.5).collect();
    for value in &values {
        observe(&buckets, *value);
        observe(&buckets, -value);
    }
    let read = read(&buckets);
    assert_eq!(read.schema, -4);
    assert_eq!(read.count(), 2 * values.len() as u64);
    // What is nearest to zero is below the threshold.
    assert_eq!(read.positive, read.negative);
    assert!(read.positive.windows(2).all(|pair| pair[0].0 < pair[1].0));
}

#[test]
fn a_large_limit_is_kept_to() {
    let buckets = NativeBuckets::new(Native::new().schema(8).max_buckets(2000), 0);
    for step in 0..4000 {
        observe(&buckets, (f64::from(step) / 512.0).exp2());
    }
    let (schema, positive) = keys(&buckets);
    assert_eq!(schema, 7);
    assert!(positive.len() <= 2000);
    assert_eq!(positive.iter().map(|(_, count)| count).sum::<u64>(), 4000);
}

#[test]
fn what_was_reset_is_not_shown_again_and_the_resolution_is_the_first_one() {
    let buckets = NativeBuckets::new(Native::new().schema(2).max_buckets(4), 0);
    let series = cell::reserve(1);
    let reset = |reset: bool| {
        buckets.reset_with(|slots| {
            let sums = (&mut [0][..], &mut [0][..]);
            cell::reset_if(series, Layout::COUNTER, slots, sums, |_| reset)
        })
    };
    for round in 0..3 {
        for value in [0.0, 1.0, 3.0, 1.1, 1.3, 1.6, 1.9, 100.0] {
            observe(&buckets, value);
        }
        assert_eq!((read(&buckets).count(), keys(&buckets).0), (8, 0), "{round}");
        assert!(!reset(false));
        assert_eq!(read(&buckets).count(), 8);
        assert!(reset(true));
        assert_eq!(read(&buckets).count(), 0);
        observe(&buckets, 3.0);
        assert_eq!(keys(&buckets), (2, vec![(7, 1)]));
        assert!(reset(true));
    }
    // One for each bucket that there was at a time, and the zero bucket's.
    assert!(buckets.all().slots.len() <= 7, "{}", buckets.all().slots.len());
}

/// Threads that still have an older table count where it belongs.
#[test]
fn nothing_is_lost_while_the_resolution_is_halved() {
    const THREADS: u32 = 4;
    const EACH: u32 = 20_000;
    let buckets = NativeBuckets::new(Native::new().schema(8).max_buckets(20), 0);
    let value = |number: u32| (f64::from(number % 977) / 61.0).exp2();
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let buckets = &buckets;
            scope.spawn(move || {
                for number in 0..EACH {
                    observe(buckets, value(number.wrapping_mul(2_654_435_761).rotate_left(thread)));
                }
            });
        }
        for _ in 0..50 {
            let read = read(&buckets);
            assert!(read.count() <= u64::from(THREADS * EACH));
        }
    });
    let read = read(&buckets);
    assert_eq!(read.count(), u64::from(THREADS * EACH));
    assert!(read.positive.len() <= 20, "{}", read.positive.len());
    // All observations one after the other, at the resolution that was reached.
    let mut expected = std::collections::BTreeMap::new();
    for thread in 0..THREADS {
        for number in 0..EACH {
            let value = value(number.wrapping_mul(2_654_435_761).rotate_left(thread));
            let schema = i8::try_from(read.schema).expect("a schema");
            *expected.entry(coarser(finest(value), FINEST, schema)).or_insert(0_u64) += 1;
        }
    }
    assert_eq!(read.positive, expected.into_iter().collect::<Vec<_>>());
}
