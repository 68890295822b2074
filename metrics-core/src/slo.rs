//! Service level objectives, in numbers.

use std::time::Duration;

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

    /// Sets the percentage of calls or requests that succeed, such as 99.9. It is above 0 and below 100: whatever promises
    /// everything has no budget of errors to use up.
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
}
