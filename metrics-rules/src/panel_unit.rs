//! Units of panels.

use crate::Kind;

/// The unit of the values that a panel shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PanelUnit {
    /// A number of things.
    Count,
    /// Things per second.
    PerSecond,
    /// Requests per second.
    RequestsPerSecond,
    /// Seconds.
    Seconds,
    /// Bytes.
    Bytes,
    /// Bytes per second.
    BytesPerSecond,
    /// A part of a whole, from 0 to 1.
    Ratio,
    /// A moment, as seconds since the beginning of 1970.
    Timestamp,
    /// Yes (1) or no (0).
    Flag,
}

impl PanelUnit {
    /// All units.
    pub const ALL: [Self; 9] = [
        Self::Count,
        Self::PerSecond,
        Self::RequestsPerSecond,
        Self::Seconds,
        Self::Bytes,
        Self::BytesPerSecond,
        Self::Ratio,
        Self::Timestamp,
        Self::Flag,
    ];

    /// Returns the word for the unit in `panel(unit = "…")`.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::PerSecond => "per_second",
            Self::RequestsPerSecond => "requests_per_second",
            Self::Seconds => "seconds",
            Self::Bytes => "bytes",
            Self::BytesPerSecond => "bytes_per_second",
            Self::Ratio => "ratio",
            Self::Timestamp => "timestamp",
            Self::Flag => "flag",
        }
    }

    /// Returns the unit that a word names.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.text() == text)
    }

    /// Returns the reason why a panel of a metric of this kind has no values in this unit, and what to write.
    ///
    /// The panel of a counter shows rates; those of other metrics show values or quantiles. An unknown kind may be any.
    ///
    /// ```
    /// use tallymark_rules::{Kind, PanelUnit};
    ///
    /// assert_eq!(PanelUnit::Bytes.fault(Kind::Gauge), None);
    /// assert!(PanelUnit::Bytes.fault(Kind::Counter).is_some_and(|fault| fault.contains("bytes_per_second")));
    /// ```
    pub const fn fault(self, kind: Kind) -> Option<&'static str> {
        match (kind, self) {
            (Kind::Unknown | Kind::Gauge, _)
            | (
                Kind::Counter,
                Self::PerSecond | Self::RequestsPerSecond | Self::BytesPerSecond | Self::Ratio,
            )
            | (
                Kind::Histogram | Kind::GaugeHistogram | Kind::Summary,
                Self::Count | Self::Seconds | Self::Bytes | Self::Ratio,
            ) => None,
            (Kind::Counter, Self::Bytes) => {
                Some("the panel of a counter shows its rate: write `unit = \"bytes_per_second\"`")
            }
            (Kind::Counter, Self::Seconds) => Some(
                "the panel of a counter shows its rate, and seconds per second are a ratio: write `unit = \"ratio\"`",
            ),
            (Kind::Counter, _) => Some(
                "the panel of a counter shows its rate: write `per_second`, `requests_per_second`, `bytes_per_second` \
                 or `ratio`",
            ),
            (Kind::Histogram | Kind::GaugeHistogram | Kind::Summary, _) => Some(
                "the panel of a histogram or summary shows what was observed: write `seconds`, `bytes`, `ratio` or `count`",
            ),
            (Kind::Info | Kind::StateSet, _) => {
                Some("the panel of an info or a state set shows labels, which have no unit: leave `unit` out")
            }
        }
    }
}
