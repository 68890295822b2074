//! What a declaration may say about its series.

/// How many series, for how long, and whether before they are touched.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// One more than what was asked for, or 0: nothing was.
    max_series: u32,
    /// Seconds without a change after which a series is removed; 0 means never.
    pub(crate) expire_after: u32,
    /// Whether every combination of a closed label set is shown from the first scrape on.
    pub(crate) init: bool,
}

/// Unless something else is asked for.
const MAX_SERIES: u32 = 2000;

impl Options {
    /// All zeros, see [`First`](crate::cell::First).
    pub(crate) const DEFAULT: Self = Self { max_series: 0, expire_after: 0, init: false };

    /// The most series of an interned family that are shown at once, the overflow series not counted.
    pub(crate) const fn max_series(self) -> u32 {
        match self.max_series.checked_sub(1) {
            Some(max) => max,
            None => MAX_SERIES,
        }
    }

    pub(crate) const fn set_max_series(&mut self, max: u32) {
        self.max_series = max.saturating_add(1);
    }
}
