//! Quantiles of a summary, computed in the program from a sketch of what was observed lately.
//!
//! Source: Masson, Rim and Lee, "`DDSketch`: a fast and fully-mergeable quantile sketch with relative-error guarantees";
//! Prometheus, "Histograms and summaries".

mod place;
mod sketches;

pub(crate) use sketches::Sketches;

use std::{fmt, num::NonZeroU32, time::Duration};

/// Which quantiles a [`Summary`](crate::Summary) shows, and of which observations.
///
/// A quantile is the value that such a part of the latest observations does not exceed: one of them, give or take
/// [1 %](Self::RELATIVE_ERROR). With no observation in the window it is NaN.
///
/// **They cannot be aggregated**: the average of two processes' quantiles, or the greatest of them, is the quantile of nothing, and
/// those of a longer window do not follow from them. Use a [`Histogram`](crate::Histogram) where that matters, and quantiles where
/// one process is looked at, or where buckets cannot be chosen. The help text says so to those who read the exposition.
///
/// OpenMetrics 1.0 has no negative quantiles, which are left out there.
///
/// An observation of such a summary costs more than one of a summary without: a logarithm, and a lock that no thread waits for. Each
/// series takes from 5 KiB, for values that are close to each other, to 160 KiB, and as much again for each further thread that
/// observes at the same moment, up to eight; when there are more, the count and the sum have all observations and the quantiles
/// may miss some.
///
/// ```
/// use std::time::Duration;
/// use tallymark_core::{Quantiles, Summary};
///
/// static REPLY_SECONDS: Summary =
///     Summary::new().quantiles(Quantiles::new(&[0.5, 0.9, 0.99]).window(Duration::from_secs(60)));
///
/// for milliseconds in 1..=1000 {
///     REPLY_SECONDS.observe(f64::from(milliseconds) / 1000.0);
/// }
/// let seen = REPLY_SECONDS.get();
/// let &[(_, median), _, (quantile, value)] = seen.quantiles() else { panic!("there are three") };
/// assert!((median - 0.5).abs() <= 0.01);
/// assert!(quantile == 0.99 && (value - 0.99).abs() <= 0.01);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use = "it does nothing until a summary is made with it"]
pub struct Quantiles {
    of: &'static [f64],
    /// In seconds.
    window: NonZeroU32,
}

/// More are no summary.
const MOST: usize = 16;

/// The parts that the window has: observations are forgotten part by part.
const PARTS: u32 = 5;

/// The longest window, in seconds: a week.
const LONGEST: u64 = 7 * 24 * 60 * 60;

impl Quantiles {
    /// How far a value may be from the observation that it stands for, relative to that. Values closer to zero than 10⁻⁹ are taken for
    /// zero. If the greatest observation is more than 10¹⁷ times the smallest, the smallest ones are less exact.
    pub const RELATIVE_ERROR: f64 = 0.01;

    /// These quantiles of the observations of the last ten minutes.
    ///
    /// # Panics
    ///
    /// If there is none, or more than 16, if one is not from 0 to 1, or if they do not ascend. In a `static` that is a compile error.
    #[track_caller]
    pub const fn new(of: &'static [f64]) -> Self {
        assert!(!of.is_empty() && of.len() <= MOST, "a summary has from one to 16 quantiles");
        let mut at = 0;
        while at < of.len() {
            assert!(0.0 <= of[at] && of[at] <= 1.0, "a quantile is a number from 0 to 1, such as 0.99");
            assert!(at == 0 || of[at - 1] < of[at], "quantiles ascend");
            at += 1;
        }
        Self { of, window: NonZeroU32::MIN.saturating_add(599) }
    }

    /// Shows quantiles of the observations of this time, in whole seconds. It moves on in five steps, so that observations of
    /// the last fifth may be there or not.
    ///
    /// # Panics
    ///
    /// If it is less than five seconds or more than a week. In a `static` that is a compile error.
    #[track_caller]
    pub const fn window(mut self, window: Duration) -> Self {
        let seconds = window.as_secs();
        assert!(
            PARTS as u64 <= seconds && seconds <= LONGEST,
            "the window of quantiles is from five seconds to a week"
        );
        #[expect(clippy::cast_possible_truncation, reason = "a week has fewer seconds")]
        let Some(seconds) = NonZeroU32::new(seconds as u32) else { panic!("it is not zero") };
        self.window = seconds;
        self
    }

    /// Which quantiles they are.
    pub(crate) const fn of(self) -> &'static [f64] {
        self.of
    }

    /// How long one part of the window is.
    fn part(self) -> Duration {
        Duration::from_secs(u64::from(self.window.get())) / PARTS
    }

    /// A help text with what readers of the quantiles have to know.
    pub(crate) fn help(self, help: &str) -> String {
        format!("{help} Quantiles are of one process in the last {self}, and cannot be aggregated.")
    }
}

/// The window, in words.
impl fmt::Display for Quantiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.window.get();
        match (seconds / 60, seconds % 60) {
            (1, 0) => f.write_str("minute"),
            (minutes, 0) => write!(f, "{minutes} minutes"),
            _ => write!(f, "{seconds} seconds"),
        }
    }
}
