//! Native histograms as exponential ones, and the arithmetic of their buckets.
//!
//! A native bucket `k` holds what is above b^(k-1) and not above b^k, an exponential one `i` what is above b^i and not above
//! b^(i+1), with the same b for a schema and a scale that are equal. So only the numbers of buckets differ, by one.
//!
//! Source: OpenTelemetry specification, "Metrics Data Model", "Exponential Histogram"; Prometheus, "Native histograms".

use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;
use tallymark_core::snapshot::NativeHistogram;

/// The most buckets, empty ones included, that one side of a point has. Exponential histograms list all from the first to the
/// last, which native ones do not, so that two distant observations could make a point of megabytes. Beyond it the
/// resolution is halved.
const MOST_BUCKETS: i64 = 1_024;

type Side = Vec<(i32, u64)>;

/// Halves the resolution until the schema is `schema`.
pub(crate) fn coarsen(native: &mut NativeHistogram, schema: i32) {
    while native.schema > schema {
        native.schema -= 1;
        for side in [&mut native.positive, &mut native.negative] {
            let mut halved: Side = Vec::with_capacity(side.len());
            for &(key, count) in side.iter() {
                add(&mut halved, halve(key), count);
            }
            *side = halved;
        }
    }
}

/// The bucket of half the resolution that a bucket is part of.
fn halve(key: i32) -> i32 {
    ((key - 1) >> 1) + 1
}

/// Adds to the last bucket if it has this number, else behind it.
fn add(side: &mut Side, key: i32, count: u64) {
    match side.last_mut() {
        Some((last, sum)) if *last == key => *sum = sum.wrapping_add(count),
        _ => side.push((key, count)),
    }
}

/// Moves what is within the threshold into the zero bucket.
fn widen_zero(native: &mut NativeHistogram, threshold: f64) {
    if native.zero_threshold >= threshold {
        return;
    }
    native.zero_threshold = threshold;
    let base = 2_f64.powi(-native.schema).exp2();
    let mut moved = 0_u64;
    for side in [&mut native.positive, &mut native.negative] {
        side.retain(|&(key, count)| {
            let within = base.powi(key) <= threshold;
            if within {
                moved = moved.wrapping_add(count);
            }
            !within
        });
    }
    native.zero_count = native.zero_count.wrapping_add(moved);
}

/// What was observed since `before`, at the resolution of the coarser of the two. `None` if `before` has observations that
/// `now` has not, so that the one cannot have become the other.
pub(crate) fn difference(now: &NativeHistogram, before: &NativeHistogram) -> Option<NativeHistogram> {
    let (mut now, mut before) = (now.clone(), before.clone());
    let schema = now.schema.min(before.schema);
    coarsen(&mut now, schema);
    coarsen(&mut before, schema);
    let threshold = now.zero_threshold.max(before.zero_threshold);
    widen_zero(&mut now, threshold);
    widen_zero(&mut before, threshold);
    now.zero_count = now.zero_count.checked_sub(before.zero_count)?;
    now.positive = difference_of(&now.positive, &before.positive)?;
    now.negative = difference_of(&now.negative, &before.negative)?;
    Some(now)
}

fn difference_of(now: &[(i32, u64)], before: &[(i32, u64)]) -> Option<Side> {
    let mut before = before.iter().peekable();
    let mut difference = Vec::with_capacity(now.len());
    for &(key, count) in now {
        let old = match before.peek() {
            Some((old, _)) if *old < key => return None,
            Some((old, _)) if *old == key => before.next().map_or(0, |(_, count)| *count),
            _ => 0,
        };
        let count = count.checked_sub(old)?;
        if count > 0 {
            difference.push((key, count));
        }
    }
    before.all(|&(_, count)| count == 0).then_some(difference)
}

/// The resolution is halved until both sides are small enough to be listed.
pub(crate) fn fit(native: &mut NativeHistogram) {
    let span = |side: &Side| match (side.first(), side.last()) {
        (Some(&(first, _)), Some(&(last, _))) => i64::from(last) - i64::from(first) + 1,
        _ => 0,
    };
    while span(&native.positive).max(span(&native.negative)) > MOST_BUCKETS {
        coarsen(native, native.schema - 1);
    }
}

/// One side of a point: all buckets from the first to the last.
pub(crate) fn buckets(side: &[(i32, u64)]) -> Option<Buckets> {
    let &(first, _) = side.first()?;
    let mut counts: Vec<u64> = Vec::new();
    for &(key, count) in side {
        let place = usize::try_from(i64::from(key) - i64::from(first)).ok()?;
        counts.resize(place, 0);
        counts.push(count);
    }
    Some(Buckets { offset: first - 1, bucket_counts: counts })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn native(schema: i32, positive: &[(i32, u64)]) -> NativeHistogram {
        NativeHistogram { schema, positive: positive.to_vec(), ..NativeHistogram::default() }
    }

    /// The bucket of a positive value, by the definition of buckets.
    fn key(schema: i32, value: f64) -> i32 {
        let base = 2_f64.powi(-schema).exp2();
        let mut key = -64;
        while base.powi(key) < value {
            key += 1;
        }
        key
    }

    #[test]
    fn buckets_are_listed_with_the_empty_ones_between() {
        let listed = buckets(&[(-1, 2), (0, 1), (3, 4)]).expect("there are some");
        assert_eq!((listed.offset, listed.bucket_counts), (-2, vec![2, 1, 0, 0, 4]));
        assert_eq!(buckets(&[]), None);
    }

    #[test]
    fn distant_observations_are_shown_coarsely() {
        let mut far = native(8, &[(-200_000, 1), (200_000, 2)]);
        fit(&mut far);
        assert_eq!(far.count(), 3);
        let listed = buckets(&far.positive).expect("there are some").bucket_counts;
        assert!(listed.len() <= 1_024 && listed.len() > 512, "{}", listed.len());
    }

    #[test]
    fn a_wider_zero_bucket_takes_others_in() {
        let before = native(0, &[(-3, 5), (1, 2)]);
        let mut now = NativeHistogram { zero_threshold: 0.125, zero_count: 6, ..native(0, &[(1, 3)]) };
        let since = difference(&now, &before).expect("nothing is missing");
        assert_eq!((since.zero_count, since.positive), (1, vec![(1, 1)]));
        now.zero_count = 4;
        assert_eq!(difference(&now, &before), None);
    }

    proptest! {
        #[test]
        fn halved_buckets_are_those_of_the_same_values(
            values in prop::collection::vec(0.02_f64..50.0, 1..40), schema in 0..3_i32,
        ) {
            let at = |schema| {
                let mut keys: Vec<i32> = values.iter().map(|&value| key(schema, value)).collect();
                keys.sort_unstable();
                let mut side = Vec::new();
                for key in keys {
                    add(&mut side, key, 1);
                }
                native(schema, &side)
            };
            let mut coarse = at(schema);
            coarsen(&mut coarse, -1);
            prop_assert_eq!(coarse, at(-1));
        }

        #[test]
        fn differences_add_up(
            before in prop::collection::btree_map(-50..50_i32, 1..9_u64, 0..20),
            more in prop::collection::btree_map(-50..50_i32, 1..9_u64, 0..20),
            halvings in 0..3_i32,
        ) {
            let old = native(3, &before.clone().into_iter().collect::<Vec<_>>());
            let mut sum = before;
            for (key, count) in more {
                *sum.entry(key).or_default() += count;
            }
            let mut now = native(3, &sum.into_iter().collect::<Vec<_>>());
            coarsen(&mut now, 3 - halvings);
            let since = difference(&now, &old).expect("nothing was taken off");
            prop_assert_eq!(since.count() + old.count(), now.count());
            // And the other way round something is missing, unless there was nothing more.
            prop_assert_eq!(difference(&old, &now).is_some(), since.count() == 0);
        }
    }
}
