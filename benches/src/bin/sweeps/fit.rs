//! How a cost grows with the size of what causes it.

/// No cost may grow faster than this power of what causes it.
pub const RULE: f64 = 1.1;

/// The short version's sizes are so near one another that what is there once counts, and sorting.
pub const SMOKE_RULE: f64 = 1.3;

/// The slope of cost over size, both as logarithms, by least squares: 1 if the cost grows as the size does, 2 if it grows with its
/// square. `None` if there are not two sizes with a cost.
pub fn exponent(points: &[(f64, f64)]) -> Option<f64> {
    let points: Vec<(f64, f64)> = points
        .iter()
        .filter(|(size, cost)| *size > 0.0 && *cost > 0.0)
        .map(|(size, cost)| (size.ln(), cost.ln()))
        .collect();
    if points.len() < 2 {
        return None;
    }
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let with_size: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    let of_size: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
    Some(with_size / of_size)
}

/// The slope between the two greatest sizes. What costs the same whatever the size has the least part there.
pub fn last(points: &[(f64, f64)]) -> Option<f64> {
    exponent(points.get(points.len().checked_sub(2)?..)?)
}

#[cfg(test)]
mod tests {
    use super::{exponent, last};

    fn points(cost: fn(f64) -> f64) -> Vec<(f64, f64)> {
        [100.0, 1_000.0, 10_000.0].into_iter().map(|size| (size, cost(size))).collect()
    }

    #[test]
    fn powers_are_found() {
        for (cost, expected) in
            [((|_| 7.0) as fn(f64) -> f64, 0.0), (|size| 3.0 * size, 1.0), (|size| 0.1 * size * size, 2.0)]
        {
            let found = exponent(&points(cost)).expect("three points");
            assert!((found - expected).abs() < 1e-9, "{found}");
        }
        // A square beneath what is always there.
        let hidden = points(|size| 1e6 + size * size);
        assert!(last(&hidden).expect("two points") > 1.6 && exponent(&hidden).expect("three points") < 1.2);
        assert_eq!(exponent(&[(100.0, 1.0)]), None);
        assert_eq!(last(&[]), None);
    }
}
