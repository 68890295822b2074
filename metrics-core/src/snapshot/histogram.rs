//! What can be asked of a histogram without a query language.

use super::HistogramValue;

impl HistogramValue {
    /// Counts values in buckets with these upper bounds, which are sorted: for a collector that has the values themselves.
    /// Those that are not a number are left out, and the sum is that of the finite ones.
    ///
    /// ```
    /// use tallymark_core::snapshot::HistogramValue;
    ///
    /// let sizes = HistogramValue::of([1.0, 10.0], [0.5, 10.0, 200.0, f64::NAN]);
    /// assert_eq!((sizes.counts, sizes.sum), (vec![1, 1, 1], 210.5));
    /// ```
    pub fn of(bounds: impl Into<Vec<f64>>, values: impl IntoIterator<Item = f64>) -> Self {
        let bounds = bounds.into();
        let mut counts = vec![0; bounds.len() + 1];
        let mut sum = 0.0;
        for value in values.into_iter().filter(|value| !value.is_nan()) {
            let bucket = bounds.partition_point(|bound| *bound < value);
            counts.iter_mut().skip(bucket).take(1).for_each(|count| *count += 1);
            if value.is_finite() {
                sum += value;
            }
        }
        Self { bounds, counts, sum, native: None }
    }

    /// The number of observations.
    pub fn count(&self) -> u64 {
        self.counts.iter().fold(0, |total, count| total.wrapping_add(*count))
    }

    /// The mean of the observations, NaN without observations.
    pub fn mean(&self) -> f64 {
        self.sum / self.count() as f64
    }

    /// The observations up to `bound`, which must be one of the bounds or infinity.
    pub fn cumulative(&self, bound: f64) -> Option<u64> {
        let last = if bound == f64::INFINITY {
            self.bounds.len()
        } else {
            self.bounds.iter().position(|known| known.to_bits() == bound.to_bits())?
        };
        Some(self.counts.iter().take(last + 1).fold(0, |total, count| total.wrapping_add(*count)))
    }

    /// The φ-quantile, interpolated linearly within its bucket as PromQL's `histogram_quantile` does.
    ///
    /// The lowest bucket begins at 0 if its bound is positive; a quantile in the `+Inf` bucket is the highest finite
    /// bound. NaN if there are no observations or no finite bounds; infinite if `quantile` is outside of
    /// `0.0..=1.0`.
    ///
    /// Source: Prometheus, "Query functions", `histogram_quantile()`, and `promql/quantile.go`.
    ///
    /// ```
    /// use tallymark_core::snapshot::HistogramValue;
    ///
    /// let waits = HistogramValue { bounds: vec![1.0, 2.0], counts: vec![2, 2, 0], ..Default::default() };
    /// assert_eq!(waits.quantile(0.75), 1.5);
    /// ```
    pub fn quantile(&self, quantile: f64) -> f64 {
        let count = self.count();
        if quantile.is_nan() || count == 0 || self.bounds.is_empty() {
            return f64::NAN;
        }
        if quantile < 0.0 {
            return f64::NEG_INFINITY;
        }
        if quantile > 1.0 {
            return f64::INFINITY;
        }
        let rank = quantile * count as f64;
        let (mut below, mut start) = (0.0, 0.0);
        for (index, (&bound, &inside)) in self.bounds.iter().zip(&self.counts).enumerate() {
            let inside = inside as f64;
            if below + inside >= rank {
                if index == 0 && bound <= 0.0 {
                    return bound;
                }
                return start + (bound - start) * ((rank - below) / inside);
            }
            below += inside;
            start = bound;
        }
        start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn histogram(bounds: &[f64], counts: &[u64]) -> HistogramValue {
        HistogramValue { bounds: bounds.to_vec(), counts: counts.to_vec(), ..Default::default() }
    }

    #[track_caller]
    fn assert_quantile(histogram: &HistogramValue, quantile: f64, expected: f64) {
        let found = histogram.quantile(quantile);
        assert!(
            found.to_bits() == expected.to_bits() || (found - expected).abs() < 1e-12,
            "{found}, not {expected}"
        );
    }

    #[test]
    fn interpolated_within_the_bucket() {
        let even = histogram(&[1.0, 2.0, 4.0], &[4, 4, 2, 0]);
        assert_quantile(&even, 0.0, 0.0);
        assert_quantile(&even, 0.2, 0.5);
        assert_quantile(&even, 0.4, 1.0);
        assert_quantile(&even, 0.6, 1.5);
        assert_quantile(&even, 0.9, 3.0);
        assert_quantile(&even, 1.0, 4.0);
    }

    #[test]
    fn the_last_bucket_has_no_end() {
        assert_quantile(&histogram(&[1.0, 2.0], &[1, 1, 8]), 0.9, 2.0);
    }

    #[test]
    fn a_first_bucket_below_zero_has_no_start() {
        assert_quantile(&histogram(&[-2.0, 2.0], &[5, 5, 0]), 0.3, -2.0);
    }

    #[test]
    fn empty_buckets_are_stepped_over() {
        assert_quantile(&histogram(&[1.0, 2.0, 3.0], &[0, 0, 2, 0]), 0.5, 2.5);
        assert!(histogram(&[1.0, 2.0], &[0, 0, 0]).quantile(0.5).is_nan());
        assert!(histogram(&[], &[3]).quantile(0.5).is_nan());
    }

    #[test]
    fn quantiles_out_of_range() {
        let any = histogram(&[1.0], &[1, 0]);
        assert_quantile(&any, -0.1, f64::NEG_INFINITY);
        assert_quantile(&any, 1.1, f64::INFINITY);
        assert!(any.quantile(f64::NAN).is_nan());
    }

    #[test]
    fn cumulated_up_to_a_bound() {
        let any = histogram(&[1.0, 2.0], &[1, 2, 4]);
        assert_eq!(any.cumulative(1.0), Some(1));
        assert_eq!(any.cumulative(2.0), Some(3));
        assert_eq!(any.cumulative(f64::INFINITY), Some(7));
        assert_eq!(any.cumulative(1.5), None);
    }
}
