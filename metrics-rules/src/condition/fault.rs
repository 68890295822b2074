//! Faults of conditions, and the sentences that say what to write instead.

use core::{error::Error, fmt};

use super::{function::Function, threshold::ThresholdUnit};
use crate::Kind;

/// The reason why a text is not a condition of an alert, or does not fit the metric. Its `Display` says what to write.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "fields hold what the sentence puts between backquotes")]
pub enum ConditionFault<'a> {
    /// There is no such function.
    Function { word: &'a str },
    /// The quantile is not between 0 and 1.
    Quantile { text: &'a str },
    /// A function over time without a window.
    WindowMissing { function: Function },
    /// A window of a function that looks at one moment.
    Window { function: Function },
    /// The window is no duration, or not of whole seconds.
    Duration { text: &'a str },
    /// A ratio of all series.
    RatioOfAll,
    /// A selector or a grouping is not written as such.
    Expected { what: &'static str, found: &'a str },
    /// The text after `=~` or `!~` is no [pattern](crate::is_pattern).
    Pattern { text: &'a str },
    /// A label is named twice in the grouping.
    LabelTwice { label: &'a str },
    /// There is no such comparison.
    Comparison { found: &'a str },
    /// The threshold is no finite number.
    Threshold { text: &'a str },
    /// There is no such unit of thresholds.
    Unit { text: &'a str },
    /// A proportion is compared with something that is not between 0 and 1.
    RatioThreshold { text: &'a str },
    /// Something follows the threshold.
    Rest { text: &'a str },
    /// The function is for metrics of other kinds.
    Kind { function: Function, kind: Kind, instead: &'static str },
    /// The threshold has a unit that the result does not have.
    ThresholdUnit { written: ThresholdUnit, function: Function },
    /// Several gauges are grouped without an aggregation.
    GroupingOfGauge,
    /// An aggregation of ratios, means or quantiles.
    AggregationOfPart { function: Function },
}

impl fmt::Display for ConditionFault<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Function { word: "" } => f.write_str(
                "a condition begins with `rate`, `increase`, `ratio`, `value`, `mean`, `max` or a quantile such as \
                 `p99`: `rate[5m] > 0.5`",
            ),
            Self::Function { word } => write!(
                f,
                "`{word}` is no function of a condition: write `rate`, `increase`, `ratio`, `value`, `mean`, `max` or a \
                 quantile such as `p99`"
            ),
            Self::Quantile { text } => {
                write!(f, "`{text}` is no quantile: write `p99`, `p99.9` or `quantile(0.99)`, between 0 and 1")
            }
            Self::WindowMissing { function } => {
                write!(f, "`{function}` looks back over a window of time: write `{function}[5m]`")
            }
            Self::Window { function } => {
                write!(f, "`{function}` looks at one moment and has no window: write `{function}` alone")
            }
            Self::Duration { text } => write!(
                f,
                "`{text}` is no duration of whole seconds: write a number and `s`, `m`, `h`, `d` or `w`, such as `5m` or `1h30m`"
            ),
            Self::RatioOfAll => f.write_str(
                "`ratio` compares selected series with all series of the metric: write which, such as \
                 `ratio{result='miss'}[5m]`",
            ),
            Self::Expected { what, found: "" } => write!(f, "the condition ends where {what} is expected"),
            Self::Expected { what, found } => write!(f, "`{found}` is found where {what} is expected"),
            Self::Pattern { text } => write!(
                f,
                "`{text}` cannot be a pattern: it may have letters, digits, `_`, `-`, `/`, `:`, `.`, `.*`, `.+` and `|`"
            ),
            Self::LabelTwice { label } => write!(f, "`{label}` is given twice; once is enough"),
            Self::Comparison { found: "" } => {
                f.write_str("the condition has no comparison: write one such as `> 0.5` at its end")
            }
            Self::Comparison { found } => {
                write!(f, "`{found}` is no comparison of a condition: write `>`, `>=`, `<`, `<=` or `==`")
            }
            Self::Threshold { text } => {
                write!(f, "`{text}` is no threshold: write a finite number, such as `0.5`, `250ms`, `10MiB` or `5%`")
            }
            Self::Unit { text } => write!(
                f,
                "`{text}` is no unit of a threshold: write `ns`, `us`, `ms`, `s`, `m`, `h`, `d`, `B`, `KiB`, `MiB`, `GiB`, \
                 `TiB` or `%`"
            ),
            Self::RatioThreshold { text } => {
                write!(f, "a ratio is compared with a number between 0 and 1, such as `0.05` or `5%`, and not with `{text}`")
            }
            Self::Rest { text } => write!(f, "`{text}` follows the threshold, with which a condition ends"),
            Self::Kind { function, kind, instead } => {
                write!(f, "`{function}` makes no sense for {}: {instead}", kind.with_article())
            }
            Self::ThresholdUnit { written, function } => write!(
                f,
                "the threshold is in {}, and `{function}` of this metric is not: write a plain number",
                written.text()
            ),
            Self::GroupingOfGauge => f.write_str(
                "several gauges become one in more than one way: write `sum by`, `max by` or `min by`",
            ),
            Self::AggregationOfPart { function } => {
                write!(f, "`{function}` looks at all observations with the same labels: write `by` alone")
            }
        }
    }
}

impl Error for ConditionFault<'_> {}
