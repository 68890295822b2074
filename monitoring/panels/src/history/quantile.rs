//! Quantiles of the buckets of a histogram.

/// Differences between cumulative buckets that count as rounding errors, relative to their values.
const SMALL: f64 = 1e-12;

/// Returns the φ-quantile of buckets: upper bounds and cumulative counts, in any order.
///
/// Source: Prometheus 3.5, `promql/quantile.go`, `BucketQuantile`.
pub(super) fn of_buckets(quantile: f64, buckets: &mut [(f64, f64)]) -> f64 {
    if quantile.is_nan() {
        return f64::NAN;
    }
    if quantile < 0.0 {
        return f64::NEG_INFINITY;
    }
    if quantile > 1.0 {
        return f64::INFINITY;
    }
    buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
    let Some(&(last, _)) = buckets.last() else { return f64::NAN };
    if last != f64::INFINITY || buckets.len() < 2 {
        return f64::NAN;
    }
    let mut before = buckets[0].1;
    for (_, count) in buckets.iter_mut().skip(1) {
        if *count < before || is_close(*count, before) {
            *count = before;
        }
        before = *count;
    }
    let observations = buckets[buckets.len() - 1].1;
    if observations == 0.0 || observations.is_nan() {
        return f64::NAN;
    }
    let mut rank = quantile * observations;
    let finite = buckets.len() - 1;
    let at = buckets[..finite].partition_point(|(_, count)| *count < rank);
    if at == finite {
        return buckets[finite - 1].0;
    }
    let (end, mut count) = buckets[at];
    let mut start = 0.0;
    if at == 0 {
        if end <= 0.0 {
            return end;
        }
    } else {
        start = buckets[at - 1].0;
        count -= buckets[at - 1].1;
        rank -= buckets[at - 1].1;
    }
    start + (end - start) * (rank / count)
}

fn is_close(a: f64, b: f64) -> bool {
    let sum = a.abs() + b.abs();
    let difference = (a - b).abs();
    if a == 0.0 || b == 0.0 || sum < f64::MIN_POSITIVE {
        return difference < SMALL * f64::MIN_POSITIVE;
    }
    difference / sum.min(f64::MAX) < SMALL
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "these are exact")]
mod tests {
    use super::*;

    #[test]
    fn interpolated_within_a_bucket() {
        let mut buckets = [(f64::INFINITY, 8.0), (1.0, 4.0), (2.0, 8.0)];
        assert_eq!(of_buckets(0.25, &mut buckets), 0.5);
        assert_eq!(of_buckets(0.75, &mut buckets), 1.5);
    }

    #[test]
    fn what_is_beyond_the_last_edge_is_said_to_be_at_it() {
        assert_eq!(of_buckets(0.9, &mut [(1.0, 1.0), (f64::INFINITY, 10.0)]), 1.0);
    }

    #[test]
    fn what_cannot_be_said() {
        assert!(of_buckets(0.5, &mut []).is_nan());
        assert!(of_buckets(0.5, &mut [(1.0, 1.0), (2.0, 2.0)]).is_nan());
        assert!(of_buckets(0.5, &mut [(1.0, 0.0), (f64::INFINITY, 0.0)]).is_nan());
        assert!(of_buckets(f64::NAN, &mut [(1.0, 1.0), (f64::INFINITY, 1.0)]).is_nan());
        assert_eq!(of_buckets(-0.1, &mut []), f64::NEG_INFINITY);
        assert_eq!(of_buckets(1.1, &mut []), f64::INFINITY);
    }
}
