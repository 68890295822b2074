//! Functions of conditions.

use core::fmt;

use crate::{Kind, Message, text::equal};

/// What a condition compares.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Function {
    /// The per-second rate of a counter, or of the number of observations.
    Rate,
    /// The increase of a counter, or of the number of observations.
    Increase,
    /// The rate of the selected series in proportion to the rate of all series of the metric.
    Ratio,
    /// The value of a gauge.
    Value,
    /// The mean over time of a gauge, or the mean of observations.
    Mean,
    /// The greatest value of a gauge within the window.
    Max,
    /// A quantile of observations, from 0 to 1.
    Quantile(f64),
}

impl Function {
    /// Returns what to write instead, if the function is for metrics of other kinds.
    pub const fn instead(self, kind: Kind) -> Option<&'static str> {
        match (kind, self) {
            (Kind::Unknown, _)
            | (Kind::Counter, Self::Rate | Self::Increase | Self::Ratio)
            | (Kind::Gauge, Self::Value | Self::Mean | Self::Max)
            | (Kind::Histogram, Self::Rate | Self::Increase | Self::Ratio | Self::Mean | Self::Quantile(_))
            | (Kind::Summary, Self::Rate | Self::Increase | Self::Ratio | Self::Mean) => None,
            (Kind::Counter, _) => Some("write `rate[5m]`, `increase[5m]` or `ratio{…}[5m]`"),
            (Kind::Gauge, _) => Some("write `value`, `mean[5m]` or `max[5m]`"),
            (Kind::Histogram, _) => Some("write `p99[5m]`, `mean[5m]`, `rate[5m]` or `increase[5m]`"),
            (Kind::Summary, _) => {
                Some("write `mean[5m]`, `rate[5m]` or `increase[5m]`, or make it a histogram")
            }
            (Kind::GaugeHistogram, _) => Some(
                "alerts are on counters, gauges, summaries and histograms of what was observed: leave `alert(…)` out, and write a rule for it",
            ),
            (Kind::Info | Kind::StateSet, _) => Some(
                "alerts are on counters, gauges and histograms: leave `alert(…)` out, and write a rule for it",
            ),
        }
    }

    /// Returns the sentence for a function that makes no sense for metrics of this kind: for constant evaluation, which
    /// knows kinds behind type aliases.
    pub const fn fault(self, kind: Kind) -> Option<Message> {
        match self.instead(kind) {
            Some(instead) => {
                let message = Message::new().and("`").and(self.word()).and("` makes no sense for ");
                Some(message.and(kind.with_article()).and(": ").and(instead))
            }
            None => None,
        }
    }

    /// Returns the word that the function begins with.
    const fn word(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::Increase => "increase",
            Self::Ratio => "ratio",
            Self::Value => "value",
            Self::Mean => "mean",
            Self::Max => "max",
            Self::Quantile(_) => "quantile",
        }
    }

    /// Returns whether the result has one value for each series, unless they are grouped.
    pub(super) const fn is_of_each(self, kind: Kind) -> bool {
        match self {
            Self::Value | Self::Max => true,
            Self::Mean => matches!(kind, Kind::Gauge),
            Self::Rate | Self::Increase | Self::Ratio | Self::Quantile(_) => false,
        }
    }

    /// Returns the base unit of the result, if it has one.
    pub(super) fn result_unit(self, kind: Kind, unit: Option<&str>) -> Option<&str> {
        match (self, kind) {
            (Self::Ratio, _) => Some("ratio"),
            // The number of observations has no unit.
            (Self::Rate | Self::Increase, Kind::Histogram | Kind::Summary) => None,
            // Seconds per second are a ratio; bytes per second are compared with bytes.
            (Self::Rate, _) if unit == Some("seconds") => Some("ratio"),
            _ => unit,
        }
    }

    /// Returns whether the function looks back over a window of time.
    pub(super) const fn has_window(self) -> bool {
        !matches!(self, Self::Value)
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quantile(quantile) => write!(f, "quantile({quantile})"),
            other => f.write_str(other.word()),
        }
    }
}

/// Returns the sentence for a label that is not among those of a metric.
///
/// ```
/// use tallymark_rules::unknown_label;
///
/// let fault = unknown_label("providr", &["provider", "reason"]).expect("it is not there");
/// assert_eq!(fault.text(), "`providr` is no label of this metric, whose labels are `provider`, `reason`");
/// ```
pub const fn unknown_label(label: &str, labels: &[&str]) -> Option<Message> {
    let mut at = 0;
    while at < labels.len() {
        if equal(label.as_bytes(), labels[at].as_bytes()) {
            return None;
        }
        at += 1;
    }
    let message = Message::new().and("`").and(label).and("` is no label of this metric, ");
    Some(match labels {
        [] => message.and("which has no labels"),
        [only] => message.and("whose only label is `").and(only).and("`"),
        labels => message.and("whose labels are ").and_listed(labels),
    })
}
