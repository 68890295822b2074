//! Observations into a thread's own block: one cell for each bucket and one for the sum.

use std::sync::LazyLock;

use super::block;
use crate::input::BOUNDS;

/// Cells of one histogram: twelve buckets and up to four sums.
pub const CELLS: usize = BOUNDS.len() + 5;

/// The quarter octave of 2^-12, the smallest told apart.
const BASE: u64 = (1023 - 12) << 2;
const QUARTERS: usize = 128;

/// For each quarter octave (an exponent and two bits of mantissa) the first bucket it reaches into. No quarter
/// octave holds two bounds, so one comparison finishes the search.
pub static FIRST: LazyLock<[u8; QUARTERS]> = LazyLock::new(|| {
    std::array::from_fn(|quarter| {
        let low = f64::from_bits((BASE + quarter as u64) << 50);
        BOUNDS.iter().take_while(|&&bound| bound < low).count() as u8
    })
});

/// The bucket, through the table.
#[inline(always)]
pub fn bucket_by_table(first: &[u8; QUARTERS], bounds: &[f64; 11], value: f64) -> usize {
    let quarter = (value.to_bits() >> 50).saturating_sub(BASE).min(QUARTERS as u64 - 1) as usize;
    let bucket = first[quarter] as usize;
    bucket + usize::from(bounds.get(bucket).is_some_and(|&bound| value > bound))
}

/// The bucket, by comparing with every bound.
#[inline(always)]
pub fn bucket_by_scan(bounds: &[f64; 11], value: f64) -> usize {
    bounds.iter().map(|&bound| usize::from(value > bound)).sum()
}

/// The bucket, by branches from the first bound on. Right after a clock was read this is the fastest: see
/// `scenario/timed.rs`.
#[inline(always)]
pub fn bucket_by_branches(bounds: &[f64; 11], value: f64) -> usize {
    let mut bucket = 0;
    while bucket < bounds.len() && value > bounds[bucket] {
        bucket += 1;
    }
    bucket
}

/// Counts one observation.
#[inline(always)]
pub fn observe(slot: usize, bucket: usize, value: f64) {
    block::inc(slot + bucket);
    block::add_f64(slot + BOUNDS.len() + 1, value);
}

/// Counts one observation, with one of four sums. An addition has to wait for the one before it to the same sum,
/// through memory; observations of different buckets then seldom wait for one another.
#[inline(always)]
pub fn observe_four(slot: usize, bucket: usize, value: f64) {
    block::inc(slot + bucket);
    block::add_f64(slot + BOUNDS.len() + 1 + (bucket & 3), value);
}

/// The number and the sum of all observations.
pub fn read(slot: usize) -> (u64, f64) {
    let count = (0..=BOUNDS.len()).map(|bucket| block::total(slot + bucket)).sum();
    let sum = (0..4).map(|sum| block::total_f64(slot + BOUNDS.len() + 1 + sum)).sum();
    (count, sum)
}
