//! What a declaration may say about its series.

/// How many series, for how long, and whether before they are touched.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// The most series of an interned family that are shown at once, the overflow series not counted.
    pub(crate) max_series: u32,
    /// Seconds without a change after which a series is removed; 0 means never.
    pub(crate) expire_after: u64,
    /// Whether every combination of a closed label set is shown from the first scrape on.
    pub(crate) init: bool,
}

impl Options {
    pub(crate) const DEFAULT: Self = Self { max_series: 2000, expire_after: 0, init: false };
}
