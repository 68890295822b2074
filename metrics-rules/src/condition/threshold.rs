//! Thresholds and their units.

/// What a value is compared with.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Threshold {
    /// The number, in the base unit: `250ms` is 0.25, `5%` is 0.05.
    pub value: f64,
    /// The base unit of the unit that was written, if one was.
    pub unit: Option<ThresholdUnit>,
}

/// The base unit of a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ThresholdUnit {
    /// Seconds.
    Seconds,
    /// Bytes.
    Bytes,
    /// A part of a whole.
    Ratio,
}

impl ThresholdUnit {
    /// Returns the name of the base unit.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Bytes => "bytes",
            Self::Ratio => "ratio",
        }
    }
}
