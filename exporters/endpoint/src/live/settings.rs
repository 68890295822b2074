//! What can be set about the live page.

use std::time::Duration;

const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(60);
const LONGEST_HISTORY: Duration = Duration::from_secs(24 * 60 * 60);

/// Settings of the live page at `/live`: how often it samples the metrics, and how much it keeps.
///
/// ```
/// use std::time::Duration;
/// use tallymark::exporter::{self, Live};
///
/// let live = Live::new().interval(Duration::from_secs(2)).max_bytes(4 << 20);
/// let exporter = exporter::builder().address("127.0.0.1:0").live(live).serve()?;
/// println!("live: http://{}/live", exporter.local_addr());
/// # Ok::<(), tallymark::exporter::ServeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(docsrs, doc(cfg(feature = "live")))]
pub struct Live {
    pub(crate) is_on: bool,
    pub(crate) interval: Duration,
    pub(crate) history: Duration,
    pub(crate) max_bytes: usize,
}

impl Live {
    /// Creates the settings that apply unless others are given: a sample every 5 seconds, 15 minutes of them in at most 16 MiB.
    pub fn new() -> Self {
        Self {
            is_on: true,
            interval: Duration::from_secs(5),
            history: Duration::from_secs(15 * 60),
            max_bytes: 16 << 20,
        }
    }

    /// Creates the settings with which there is no live page, and nothing is sampled.
    pub fn off() -> Self {
        Self { is_on: false, ..Self::new() }
    }

    /// Sets how often the metrics are sampled: every 5 seconds, if not set. What is shorter than 100 milliseconds or longer than a
    /// minute becomes that.
    #[must_use]
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval.clamp(SHORTEST, LONGEST);
        self
    }

    /// Sets how long samples are kept: 15 minutes, if not set. What is longer than a day becomes a day.
    #[must_use]
    pub fn history(mut self, history: Duration) -> Self {
        self.history = history.min(LONGEST_HISTORY);
        self
    }

    /// Sets how many bytes the samples take at most, with everything that is computed from them for pages that are open: 16 MiB, if
    /// not set. The oldest samples are removed first.
    ///
    /// A sample is eight bytes, and a histogram with ten buckets has thirteen in each snapshot; so 16 MiB hold 15 minutes of some
    /// 10,000 of them, as a Prometheus server counts series.
    #[must_use]
    pub fn max_bytes(mut self, max_bytes: usize) -> Self {
        self.max_bytes = max_bytes;
        self
    }
}

impl Default for Live {
    fn default() -> Self {
        Self::new()
    }
}
