//! Histograms: classic buckets, native buckets, or both in one message.

use super::{
    super::exemplars::by_bucket,
    field::{bucket, histogram, span},
    parts::{write_exemplar, write_time},
    wire,
};
use crate::{
    exemplar::Exemplar,
    native::NativeHistogram,
    number::signed,
    visit::{Details, HistogramPoint},
};

/// Native buckets without observations between two that have some are written, if they are not more than this. More of
/// them begin a new span.
const GAP: i32 = 2;

/// Writes the fields of a histogram.
pub(super) fn write(to: &mut Vec<u8>, point: &HistogramPoint<'_>, details: &Details<'_>) {
    // Where there are only native buckets, nobody chose the one bucket of the point.
    let only_native = details.native.is_some() && point.bounds.is_empty();
    wire::unsigned(to, histogram::COUNT, point.count());
    wire::double(to, histogram::SUM, point.sum);
    if !only_native {
        write_buckets(to, point, details.exemplars);
    }
    if let Some(native) = details.native {
        write_native(to, native);
    }
    write_time(to, histogram::CREATED, details.created);
    if only_native {
        for exemplar in details.exemplars {
            write_exemplar(to, histogram::EXEMPLAR, exemplar);
        }
    }
}

/// Writes the buckets. That of everything above the bounds is the number of all observations, and only there to carry
/// an exemplar.
fn write_buckets(to: &mut Vec<u8>, point: &HistogramPoint<'_>, exemplars: &[Exemplar]) {
    let mut exemplars = if exemplars.is_empty() { Vec::new() } else { by_bucket(point.bounds, exemplars) };
    let last = exemplars.pop().flatten();
    let mut exemplars = exemplars.into_iter();
    let mut write = |total: u64, bound: f64, exemplar: Option<&Exemplar>| {
        wire::message(to, histogram::BUCKET, |to| {
            wire::unsigned(to, bucket::CUMULATED, total);
            wire::double(to, bucket::BOUND, bound);
            if let Some(exemplar) = exemplar {
                write_exemplar(to, bucket::EXEMPLAR, exemplar);
            }
        });
    };
    let mut total = 0_u64;
    for (&bound, &count) in point.bounds.iter().zip(point.counts) {
        total = total.wrapping_add(count);
        write(total, bound, exemplars.next().flatten());
    }
    if last.is_some() {
        write(point.count(), f64::INFINITY, last);
    }
}

fn write_native(to: &mut Vec<u8>, native: &NativeHistogram) {
    wire::signed(to, histogram::SCHEMA, i64::from(native.schema));
    wire::double(to, histogram::ZERO_THRESHOLD, native.zero_threshold);
    wire::unsigned(to, histogram::ZERO_COUNT, native.zero_count);
    write_side(to, (histogram::NEGATIVE_SPAN, histogram::NEGATIVE_DELTA), &native.negative);
    // Without observations and without a zero threshold, only an empty span shows that the histogram is native.
    let looks_classic = native.positive.is_empty()
        && native.negative.is_empty()
        && native.zero_count == 0
        && native.zero_threshold == 0.0;
    if looks_classic {
        write_span(to, histogram::POSITIVE_SPAN, 0, 0);
    }
    write_side(to, (histogram::POSITIVE_SPAN, histogram::POSITIVE_DELTA), &native.positive);
}

/// Writes buckets as spans of neighbours, and their counts as differences to the bucket before.
fn write_side(to: &mut Vec<u8>, (span_field, delta_field): (u32, u32), buckets: &[(i32, u64)]) {
    let (spans, deltas) = spans(buckets);
    for (offset, length) in spans {
        write_span(to, span_field, offset, length);
    }
    for delta in deltas {
        wire::signed(to, delta_field, delta);
    }
}

/// Native buckets as spans of neighbours, each its distance from the one before and its length; and the difference of
/// each bucket in them to the bucket before.
pub fn spans(buckets: &[(i32, u64)]) -> (Vec<(i32, u32)>, Vec<i64>) {
    let mut spans: Vec<(i32, u32)> = Vec::new();
    let mut deltas: Vec<i64> = Vec::with_capacity(buckets.len());
    let (mut next, mut before) = (0_i32, 0_u64);
    let mut push = |count: u64| {
        deltas.push(signed(count.wrapping_sub(before)));
        before = count;
    };
    for &(key, count) in buckets {
        let gap = key.wrapping_sub(next);
        match spans.last_mut() {
            Some((_, length)) if (0..=GAP).contains(&gap) => {
                (0..gap).for_each(|_| push(0));
                *length += gap.unsigned_abs() + 1;
            }
            _ => spans.push((gap, 1)),
        }
        push(count);
        next = key.wrapping_add(1);
    }
    (spans, deltas)
}

fn write_span(to: &mut Vec<u8>, field: u32, offset: i32, length: u32) {
    wire::message(to, field, |to| {
        wire::signed(to, span::OFFSET, i64::from(offset));
        wire::unsigned(to, span::LENGTH, u64::from(length));
    });
}
