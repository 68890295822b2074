//! Service level objectives, in numbers.

use std::{error::Error, fmt, time::Duration};
use tallymark_rules::{edge, edge_fault, is_target, nearest_edges};

/// A service level objective: which part of all calls or requests should succeed, and which part should take no longer
/// than a limit.
///
/// `#[timed(slo(..))]` makes one for a function, and the HTTP layer takes one for each route. The objectives of a program
/// are part of [`descriptors`](crate::registry::descriptors); `tallymark-mixin` writes alerts for them that fire when the
/// budget of errors is used up too fast.
///
/// ```
/// use std::time::Duration;
/// use tallymark_core::Slo;
///
/// const CHECKOUT: Slo = Slo::new().success(99.9).latency(Duration::from_millis(250), 99.0);
/// assert_eq!(CHECKOUT.success_percent(), Some(99.9));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[must_use = "an objective does nothing by itself"]
pub struct Slo {
    success: Option<f64>,
    latency: Option<(Duration, f64)>,
}

impl Slo {
    /// Creates an objective that promises nothing yet.
    pub const fn new() -> Self {
        Self { success: None, latency: None }
    }

    /// Sets the percentage of calls or requests that succeed, such as 99.9. It is above 0 and below 100: at 100, there
    /// is no budget of errors to use up.
    pub const fn success(mut self, percent: f64) -> Self {
        self.success = Some(percent);
        self
    }

    /// Sets the percentage of calls or requests that take no longer than `limit`, which has to be the bound of a bucket.
    pub const fn latency(mut self, limit: Duration, percent: f64) -> Self {
        self.latency = Some((limit, percent));
        self
    }

    /// Returns the percentage of calls or requests that succeed, if one was set.
    pub const fn success_percent(&self) -> Option<f64> {
        self.success
    }

    /// Returns the limit and the percentage of calls or requests that take no longer, if they were set.
    pub const fn latency_limit(&self) -> Option<(Duration, f64)> {
        self.latency
    }

    /// Checks the targets, and the limit against the bounds of the histogram that observes the durations, in seconds.
    ///
    /// # Errors
    ///
    /// If there is no target, if one is not between 0 and 100, or if the limit is no bound of a bucket. The error names the
    /// nearest bounds.
    ///
    /// ```
    /// use std::time::Duration;
    /// use tallymark_core::Slo;
    ///
    /// let slo = Slo::new().latency(Duration::from_millis(250), 99.0);
    /// assert_eq!(slo.check(&[0.1, 0.25]), Ok(()));
    /// let error = slo.check(&[0.1, 0.5]).expect_err("there is no such bound");
    /// assert!(error.to_string().ends_with("write `100ms` or `500ms`, the nearest edges"), "{error}");
    /// ```
    pub fn check(&self, bounds: &[f64]) -> Result<(), SloError> {
        let targets = [self.success, self.latency.map(|(_, percent)| percent)];
        if targets == [None, None] {
            return Err(SloError::Nothing);
        }
        if let Some(percent) = targets.into_iter().flatten().find(|percent| !is_target(*percent)) {
            return Err(SloError::Target { percent });
        }
        match self.latency {
            Some((limit, _)) if edge(bounds, limit).is_none() => {
                let (below, above) = nearest_edges(bounds, limit);
                Err(SloError::Edge { limit, below, above })
            }
            _ => Ok(()),
        }
    }
}

/// The reason why an objective cannot be kept track of.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SloError {
    /// It has no target.
    Nothing,
    /// A target is not between 0 and 100.
    Target {
        /// The target, in percent.
        percent: f64,
    },
    /// The limit is no bound of a bucket, so that nothing counts what takes no longer.
    Edge {
        /// The limit.
        limit: Duration,
        /// The nearest bound below it.
        below: Option<Duration>,
        /// The nearest bound above it.
        above: Option<Duration>,
    },
}

impl fmt::Display for SloError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str(
                "it promises nothing: write `Slo::new().success(99.9)`, `latency(Duration::from_millis(250), 99.0)` or both",
            ),
            Self::Target { percent } => {
                write!(f, "{percent} is no percentage that can be promised: write one between 0 and 100, such as 99.9")
            }
            Self::Edge { limit, below, above } => f.write_str(edge_fault(*limit, *below, *above).text()),
        }
    }
}

impl Error for SloError {}
