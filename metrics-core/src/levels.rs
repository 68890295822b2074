//! How many of the values that there are now are in which bucket.

use crate::cell::gate;
use std::{mem, sync::Mutex};

/// What one gauge histogram holds. It changes as a whole, under a lock that is held for as long as it takes to copy some counts.
/// Neither anything of the application's nor an allocator is called meanwhile, and no other lock is taken.
#[derive(Debug)]
pub(crate) struct Levels(Mutex<Held>);

#[derive(Debug)]
struct Held {
    /// Values that are there until they leave.
    entered: Values,
    /// Values that are there until others are set.
    set: Values,
    /// How often those that were set were forgotten.
    forgotten: u64,
}

/// How many values are in which bucket, and what they add up to.
#[derive(Debug)]
pub(crate) struct Values {
    counts: Box<[u64]>,
    /// How many are part of the sum, and how many of those are negative.
    finite: u64,
    negative: u64,
    sum: f64,
    /// What rounding has taken from the sum.
    lost: f64,
}

impl Values {
    pub(crate) fn new(buckets: usize) -> Self {
        let counts = vec![0; buckets].into_boxed_slice();
        Self { counts, finite: 0, negative: 0, sum: 0.0, lost: 0.0 }
    }

    /// Adds a value, which is not NaN.
    pub(crate) fn add(&mut self, bucket: u32, value: f64) {
        if let Some(count) = self.counts.get_mut(bucket as usize) {
            *count += 1;
        }
        if value.is_finite() {
            self.finite += 1;
            self.negative += u64::from(value < 0.0);
            self.add_to_sum(value);
        }
    }

    /// Takes out a value that was added.
    fn remove(&mut self, bucket: u32, value: f64) {
        if let Some(count) = self.counts.get_mut(bucket as usize) {
            *count -= 1;
        }
        if value.is_finite() {
            self.finite -= 1;
            self.negative -= u64::from(value < 0.0);
            self.add_to_sum(-value);
            if self.finite == 0 {
                (self.sum, self.lost) = (0.0, 0.0);
            }
        }
    }

    /// Adds to the sum, and what rounding takes from it to what was lost before: values come and go for as long as a program
    /// runs, and without that the sum would drift away from theirs.
    ///
    /// Source: A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", 1974.
    fn add_to_sum(&mut self, value: f64) {
        let sum = self.sum + value;
        if sum.is_finite() {
            let (larger, smaller) =
                if self.sum.abs() >= value.abs() { (self.sum, value) } else { (value, self.sum) };
            self.lost += (larger - sum) + smaller;
        }
        self.sum = sum;
    }

    fn sum(&self) -> f64 {
        let sum = self.sum + self.lost;
        // OpenMetrics has no sum below zero where no value is.
        if self.negative == 0 { sum.max(0.0) } else { sum }
    }
}

impl Levels {
    pub(crate) fn new(buckets: usize) -> Self {
        let [entered, set] = [buckets; 2].map(Values::new);
        Self(Mutex::new(Held { entered, set, forgotten: 0 }))
    }

    /// When values are set. To be asked before it is asked whether the series is over.
    pub(crate) fn since(&self) -> u64 {
        gate::lock(&self.0).forgotten
    }

    /// Puts values in the place of those that were set before, unless these were forgotten meanwhile.
    pub(crate) fn set(&self, mut values: Values, since: u64) {
        let mut held = gate::lock(&self.0);
        if held.forgotten == since {
            mem::swap(&mut held.set, &mut values);
        }
        drop(held);
        // What was set before is given back now that nothing is locked.
        drop(values);
    }

    /// Adds a value that is there until it [leaves](Self::leave).
    pub(crate) fn enter(&self, bucket: u32, value: f64) {
        gate::lock(&self.0).entered.add(bucket, value);
    }

    pub(crate) fn leave(&self, bucket: u32, value: f64) {
        gate::lock(&self.0).entered.remove(bucket, value);
    }

    /// Writes the counts of all buckets, and returns the sum.
    pub(crate) fn read(&self, counts: &mut [u64]) -> f64 {
        let held = gate::lock(&self.0);
        let both = held.entered.counts.iter().zip(&*held.set.counts);
        counts.iter_mut().zip(both).for_each(|(count, (entered, set))| *count = entered + set);
        held.entered.sum() + held.set.sum()
    }

    /// Forgets what was set. What has entered will leave. Asks no allocator for anything.
    pub(crate) fn forget(&self) {
        let mut held = gate::lock(&self.0);
        held.forgotten += 1;
        let Values { counts, finite, negative, sum, lost } = &mut held.set;
        counts.fill(0);
        (*finite, *negative, *sum, *lost) = (0, 0, 0.0, 0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(levels: &Levels) -> (Vec<u64>, f64) {
        let mut counts = vec![0; 2];
        let sum = levels.read(&mut counts);
        (counts, sum)
    }

    fn values(of: &[f64]) -> Values {
        let mut values = Values::new(2);
        for &value in of {
            values.add(u32::from(value > 1.0), value);
        }
        values
    }

    #[test]
    fn what_was_set_goes_and_what_has_entered_stays_until_it_leaves() {
        let levels = Levels::new(2);
        let before = levels.since();
        levels.enter(1, 5.0);
        levels.set(values(&[0.5, 7.0]), before);
        assert_eq!(read(&levels), (vec![1, 2], 12.5));
        levels.set(values(&[0.25]), before);
        assert_eq!(read(&levels), (vec![1, 1], 5.25));
        levels.forget();
        assert_eq!(read(&levels), (vec![0, 1], 5.0));
        levels.set(values(&[0.25]), before);
        assert_eq!(read(&levels), (vec![0, 1], 5.0), "from before it was forgotten");
        levels.leave(1, 5.0);
        assert_eq!(read(&levels), (vec![0, 0], 0.0));
    }

    #[test]
    fn infinities_are_in_no_sum_and_sums_may_be_too_large() {
        let levels = Levels::new(2);
        levels.enter(1, f64::INFINITY);
        levels.enter(0, f64::NEG_INFINITY);
        assert_eq!(read(&levels), (vec![1, 1], 0.0));
        levels.enter(1, f64::MAX);
        levels.enter(1, f64::MAX);
        assert_eq!(read(&levels), (vec![1, 3], f64::INFINITY));
        levels.leave(1, f64::MAX);
        levels.leave(1, f64::MAX);
        assert_eq!(read(&levels), (vec![1, 1], 0.0));
    }

    proptest! {
        /// However large the values are that came and went, the sum is that of those which are there.
        #[test]
        fn sums_do_not_drift(
            stay in prop::collection::vec(1e-3..1e3_f64, 1..4),
            go in prop::collection::vec(1e-9..1e12_f64, 1..200),
        ) {
            let levels = Levels::new(2);
            for &value in &stay {
                levels.enter(0, value);
            }
            for some in go.chunks(7) {
                for &value in some {
                    levels.enter(1, value);
                }
                for &value in some.iter().rev() {
                    levels.leave(1, value);
                }
            }
            let (counts, sum) = read(&levels);
            let expected: f64 = stay.iter().sum();
            prop_assert_eq!(counts, vec![stay.len() as u64, 0]);
            prop_assert!((sum - expected).abs() <= expected * 1e-12, "{} instead of {}", sum, expected);
            for &value in &stay {
                levels.leave(0, value);
            }
            prop_assert_eq!(read(&levels), (vec![0, 0], 0.0));
        }
    }
}
