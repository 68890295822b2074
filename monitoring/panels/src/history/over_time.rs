//! Functions of the values of one series within a window.

use crate::query::OverTime;

/// Returns the result of `function` for these samples: milliseconds and values, of `start < at <= end`.
///
/// Source: Prometheus 3.5, `promql/functions.go`, `extrapolatedRate` and `funcAvgOverTime`.
pub(super) fn over_time(function: OverTime, samples: &[(i64, f64)], start: i64, end: i64) -> Option<f64> {
    match function {
        OverTime::Rate => Some(increase(samples, start, end)? / seconds(end - start)),
        OverTime::Increase => increase(samples, start, end),
        OverTime::Mean => {
            let sum: f64 = samples.iter().map(|(_, value)| value).sum();
            (!samples.is_empty()).then(|| sum / samples.len() as f64)
        }
        // As in Prometheus, NaN is less than every number.
        OverTime::Max => {
            samples.iter().map(|(_, value)| *value).reduce(|a, b| if b > a || a.is_nan() { b } else { a })
        }
    }
}

/// Returns the growth of a counter in the window, extrapolated from its samples to the ends of the window.
fn increase(samples: &[(i64, f64)], start: i64, end: i64) -> Option<f64> {
    let (&(first_at, first), rest) = samples.split_first()?;
    let &(last_at, last) = rest.last()?;
    // A counter that is less than before was reset to zero.
    let mut grown = last - first;
    let mut before = first;
    for &(_, value) in rest {
        if value < before {
            grown += before;
        }
        before = value;
    }
    let covered = seconds(last_at - first_at);
    let mean_interval = covered / rest.len() as f64;
    let threshold = mean_interval * 1.1;
    let mut to_start = seconds(first_at - start);
    if to_start >= threshold {
        // The series began within the window, on average half an interval before its first sample.
        to_start = mean_interval / 2.0;
    }
    if grown > 0.0 && first >= 0.0 {
        // A counter is never below zero, which limits the extrapolation to the left.
        to_start = to_start.min(covered * (first / grown));
    }
    let mut to_end = seconds(end - last_at);
    if to_end >= threshold {
        to_end = mean_interval / 2.0;
    }
    Some(grown * ((covered + to_start + to_end) / covered))
}

fn seconds(milliseconds: i64) -> f64 {
    milliseconds as f64 / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: Option<f64>, b: f64) {
        assert!(a.is_some_and(|a| (a - b).abs() < 1e-9), "{a:?} {b}");
    }

    #[test]
    fn a_steady_counter_grows_steadily() {
        let samples: Vec<(i64, f64)> = (1..=6).map(|at| (at * 10_000, at as f64 * 20.0)).collect();
        close(over_time(OverTime::Rate, &samples, 0, 60_000), 2.0);
        close(over_time(OverTime::Increase, &samples, 0, 60_000), 120.0);
    }

    #[test]
    fn a_restart_is_no_loss() {
        let samples = [(10_000, 100.0), (20_000, 110.0), (30_000, 5.0), (40_000, 15.0)];
        // 10, then 5 from zero, then 10, over 30 of 40 seconds, with 10 more before them.
        close(over_time(OverTime::Increase, &samples, 0, 40_000), 25.0 / 30.0 * 40.0);
    }

    #[test]
    fn one_sample_has_no_rate() {
        assert_eq!(over_time(OverTime::Rate, &[(1, 1.0)], 0, 10), None);
        assert_eq!(over_time(OverTime::Rate, &[], 0, 10), None);
    }

    #[test]
    fn a_counter_is_not_thought_to_have_been_below_zero() {
        let samples = [(50_000, 1.0), (60_000, 11.0)];
        close(over_time(OverTime::Increase, &samples, 0, 60_000), 11.0);
    }

    #[test]
    fn means_and_extremes() {
        let samples = [(1, 3.0), (2, f64::NAN), (3, 5.0)];
        assert_eq!(over_time(OverTime::Max, &samples, 0, 3), Some(5.0));
        assert_eq!(over_time(OverTime::Mean, &samples[..1], 0, 3), Some(3.0));
        assert_eq!(over_time(OverTime::Mean, &[], 0, 3), None);
    }
}
