//! A condition that was parsed.

use alloc::vec::Vec;
use core::time::Duration;

use super::{
    comparison::{Aggregation, Comparison},
    fault::ConditionFault,
    function::Function,
    matcher::Matcher,
    threshold::Threshold,
};
use crate::Kind;

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
    /// The window of the function, if it has one.
    pub window: Option<Duration>,
    /// The aggregation of series with the same labels, if one was written.
    pub aggregation: Option<Aggregation>,
    /// The labels by which series are grouped.
    pub by: Vec<&'a str>,
    /// How the result is compared.
    pub comparison: Comparison,
    /// What it is compared with.
    pub threshold: Threshold,
}

impl<'a> Condition<'a> {
    /// Returns the labels that the condition names.
    pub fn labels(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.matchers.iter().map(|matcher| matcher.label).chain(self.by.iter().copied())
    }

    /// Returns the labels of the alerts, without those that the server adds; `None` if they have all labels of the metric.
    pub fn result_labels(&self, kind: Kind) -> Option<&[&'a str]> {
        let is_each = self.by.is_empty() && self.aggregation.is_none() && self.function.is_of_each(kind);
        (!is_each).then_some(self.by.as_slice())
    }

    /// Checks the condition against the kind and unit of the metric. If the kind is unknown, everything is accepted.
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
