//! Measuring how long something takes.

use crate::clock::Moment;
use std::time::Duration;

/// Something that takes observed values: a handle to a histogram or a summary, or to a gauge, which keeps the last one.
pub trait Observe: Copy {
    /// Observes one value.
    fn observe(self, value: f64);

    /// Observes what a clock measured just now, in seconds.
    #[inline]
    fn observe_elapsed(self, seconds: f64) {
        self.observe(seconds);
    }
}

/// Measures from its creation to its end, and observes the seconds when it is dropped, be that by a return, a panic
/// or a cancelled task.
///
/// Made by `start_timer` of [`Histogram`](crate::Histogram), [`Summary`](crate::Summary) and [`Gauge`](crate::Gauge).
///
/// ```
/// use tallymark_core::{Histogram, buckets};
///
/// static BUILD_DURATION_SECONDS: Histogram = Histogram::new(buckets![0.1, 1.0, 10.0]);
///
/// {
///     let _timer = BUILD_DURATION_SECONDS.start_timer();
///     // … build …
/// }
/// let timer = BUILD_DURATION_SECONDS.start_timer();
/// timer.discard();
/// let taken = BUILD_DURATION_SECONDS.start_timer().stop();
/// assert!(taken.as_secs() < 10);
/// assert_eq!(BUILD_DURATION_SECONDS.get().count(), 2);
/// ```
#[derive(Debug)]
#[must_use = "dropped at once, it observes next to nothing; bind it to a name: `let _timer = …`"]
pub struct Timer<T: Observe> {
    target: Option<T>,
    start: Moment,
}

impl<T: Observe> Timer<T> {
    #[inline]
    pub(super) fn start(target: T) -> Self {
        Self { target: Some(target), start: Moment::now() }
    }

    /// Observes now.
    #[inline]
    pub fn observe(self) {
        drop(self);
    }

    /// Observes now, and returns what it observed.
    #[inline]
    pub fn stop(mut self) -> Duration {
        let elapsed = self.start.elapsed();
        if let Some(target) = self.target.take() {
            target.observe_elapsed(elapsed);
        }
        Duration::from_secs_f64(elapsed)
    }

    /// The seconds since it began.
    #[inline]
    pub fn elapsed_seconds(&self) -> f64 {
        self.start.elapsed()
    }

    /// Changes where it observes: for work that turns out on the way to be of another kind.
    ///
    /// ```
    /// use tallymark_core::{Histogram, buckets};
    ///
    /// static GET_SECONDS: Histogram = Histogram::new(buckets![0.1, 1.0]);
    /// static LOAD_SECONDS: Histogram = Histogram::new(buckets![0.1, 1.0]);
    ///
    /// let mut timer = GET_SECONDS.start_timer();
    /// // … not found, so it is loaded …
    /// timer.redirect(LOAD_SECONDS.handle());
    /// drop(timer);
    /// assert_eq!((GET_SECONDS.get().count(), LOAD_SECONDS.get().count()), (0, 1));
    /// ```
    #[inline]
    pub fn redirect(&mut self, target: T) {
        self.target = Some(target);
    }

    /// Ends without observing anything.
    #[inline]
    pub fn discard(mut self) {
        self.target = None;
    }
}

impl<T: Observe> Drop for Timer<T> {
    #[inline]
    fn drop(&mut self) {
        if let Some(target) = self.target.take() {
            target.observe_elapsed(self.start.elapsed());
        }
    }
}
