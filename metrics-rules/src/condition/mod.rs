//! Conditions of alerts on one metric: `rate{provider="stripe"}[5m] by provider > 0.5`.

mod fault;
mod function;
mod parse;

use alloc::vec::Vec;
use core::time::Duration;

use crate::Kind;
pub use fault::ConditionFault;
pub use function::{Function, unknown_label};

/// The condition of an alert on one metric, which the condition does not name.
///
/// ```text
/// condition  = function [ selector ] [ "[" duration "]" ] [ grouping ] comparison threshold
/// function   = "rate" | "increase" | "ratio" | "value" | "mean" | "max" | "p" digits | "quantile(" number ")"
/// selector   = "{" label ("=" | "!=" | "=~" | "!~") text { "," … } "}"
/// grouping   = [ "sum" | "max" | "min" ] "by" label { "," label }
/// comparison = ">" | ">=" | "<" | "<=" | "=="
/// threshold  = number [ "ns" | "us" | "ms" | "s" | "m" | "h" | "d" | "B" | "KiB" | "MiB" | "GiB" | "TiB" | "%" ]
/// ```
///
/// Texts are in single or double quotes. Labels of a grouping may be in parentheses, as in PromQL.
///
/// ```
/// use tallymark_rules::{Condition, Function, Kind};
///
/// let condition = Condition::parse("p99{method='POST'}[5m] by route > 250ms")?;
/// assert_eq!(condition.function, Function::Quantile(0.99));
/// assert_eq!(condition.threshold.value, 0.25);
/// assert_eq!(condition.labels().collect::<Vec<_>>(), ["method", "route"]);
/// assert!(condition.check(Kind::Histogram, Some("seconds")).is_ok());
/// assert!(condition.check(Kind::Counter, Some("seconds")).is_err());
/// # Ok::<_, tallymark_rules::ConditionFault<'_>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Condition<'a> {
    /// What is compared.
    pub function: Function,
    /// Conditions on labels of the series that are read.
    pub matchers: Vec<Matcher<'a>>,
    /// The time over which the function looks back, if it does.
    pub window: Option<Duration>,
    /// How series with the same labels are put together, if that was written.
    pub aggregation: Option<Aggregation>,
    /// The labels by which series are put together.
    pub by: Vec<&'a str>,
    /// How the result is compared.
    pub comparison: Comparison,
    /// What it is compared with.
    pub threshold: Threshold,
}

/// Parses a selector of series: `{outcome='failed'}`.
///
/// # Errors
///
/// Whatever is not a selector. The fault names the part of the text that is wrong.
pub fn parse_selector(text: &str) -> Result<Vec<Matcher<'_>>, ConditionFault<'_>> {
    parse::selector(text)
}

/// A condition on the value of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Matcher<'a> {
    /// The label.
    pub label: &'a str,
    /// How its value is compared.
    pub operator: MatchOperator,
    /// The value, or the pattern.
    pub value: &'a str,
}

/// The operator of a [`Matcher`], as in PromQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MatchOperator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`
    Matches,
    /// `!~`
    NotMatches,
}

/// How several series become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Aggregation {
    /// Their sum.
    Sum,
    /// The greatest.
    Max,
    /// The least.
    Min,
}

/// The comparison of a value with a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Comparison {
    /// The value is greater than the limit.
    Above,
    /// The value is greater than or equal to the limit.
    AtLeast,
    /// The value is less than the limit.
    Below,
    /// The value is less than or equal to the limit.
    AtMost,
    /// The value is equal to the limit.
    Equal,
}

impl Comparison {
    /// Returns the operator as PromQL writes it.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Equal => "==",
        }
    }

    /// Returns whether the comparison holds.
    #[expect(clippy::float_cmp, reason = "PromQL compares so")]
    pub fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Self::Above => value > limit,
            Self::AtLeast => value >= limit,
            Self::Below => value < limit,
            Self::AtMost => value <= limit,
            Self::Equal => value == limit,
        }
    }
}

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

impl<'a> Condition<'a> {
    /// Parses a condition.
    ///
    /// # Errors
    ///
    /// Whatever is not a condition. The fault names the part of the text that is wrong.
    pub fn parse(text: &'a str) -> Result<Self, ConditionFault<'a>> {
        parse::condition(text)
    }

    /// Returns the labels that the condition names.
    pub fn labels(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.matchers.iter().map(|matcher| matcher.label).chain(self.by.iter().copied())
    }

    /// Returns the labels that alerts have besides those of the server, `None` if they have all of the metric.
    pub fn result_labels(&self, kind: Kind) -> Option<&[&'a str]> {
        let is_each = self.by.is_empty() && self.aggregation.is_none() && self.function.is_of_each(kind);
        (!is_each).then_some(self.by.as_slice())
    }

    /// Checks the condition against the metric. Of an unknown kind, nothing is refused.
    ///
    /// # Errors
    ///
    /// If the function is for metrics of other kinds, or if the unit of the threshold is not that of the result.
    pub fn check(&self, kind: Kind, unit: Option<&str>) -> Result<(), ConditionFault<'a>> {
        if matches!(kind, Kind::Unknown) {
            return Ok(());
        }
        let function = self.function;
        if let Some(instead) = function.instead(kind) {
            return Err(ConditionFault::Kind { function, kind, instead });
        }
        let is_of_each = function.is_of_each(kind);
        match self.aggregation {
            None if is_of_each && !self.by.is_empty() => return Err(ConditionFault::GroupingOfGauge),
            Some(_)
                if matches!(function, Function::Ratio | Function::Quantile(_))
                    || (matches!(function, Function::Mean) && !is_of_each) =>
            {
                return Err(ConditionFault::AggregationOfPart { function });
            }
            _ => {}
        }
        let Some(written) = self.threshold.unit else { return Ok(()) };
        let fits = match function.result_unit(kind, unit) {
            Some(unit) => unit == written.text(),
            None => false,
        };
        if fits { Ok(()) } else { Err(ConditionFault::ThresholdUnit { written, function }) }
    }
}
