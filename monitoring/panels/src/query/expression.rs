//! The expression tree of a query.

use super::Selector;
use std::{fmt, sync::Arc, time::Duration};
use tallymark_rules::Comparison;

/// A node of the expression tree. Made by the methods of `Query` and [`Selector`], which look up every family and label.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expression {
    /// The newest value of each series.
    Select(Selector, Part),
    /// A function of the values within a window, for each series.
    Range(OverTime, Selector, Part, Window),
    /// One series for each set of values of these labels.
    Aggregate(Aggregation, Vec<String>, Box<Expression>),
    /// The φ-quantile of series with a label `le`.
    Quantile(f64, Box<Expression>),
    /// Both sides, series by series with the same labels.
    Binary(Arithmetic, Box<Expression>, Box<Expression>),
    /// Each value combined with a number.
    Scalar(Arithmetic, Box<Expression>, f64),
    /// A number minus each value.
    Complement(f64, Box<Expression>),
    /// The seconds since each value, which is a moment.
    Age(Box<Expression>),
    /// Only the series for whose value the comparison holds.
    Compare(Box<Expression>, Comparison, f64),
    /// Only the series of the left side whose labels the right side has as well.
    And(Box<Expression>, Box<Expression>),
    /// The series of the left side, and those of the right side whose labels the left side does not have.
    Or(Box<Expression>, Box<Expression>),
    /// The series of a recording rule, and the query that it records.
    Recorded(Arc<str>, Box<Expression>),
}

/// The samples of a series that are read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Part {
    /// The only sample of a counter or gauge.
    Value,
    /// The number of observations.
    Count,
    /// The sum of the observations.
    Sum,
    /// The number of observations up to this bound.
    Bucket(f64),
    /// All buckets, with the label `le`.
    Buckets,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OverTime {
    Rate,
    Increase,
    Mean,
    Max,
}

impl OverTime {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::Increase => "increase",
            Self::Mean => "avg_over_time",
            Self::Max => "max_over_time",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aggregation {
    Sum,
    Max,
    Min,
    Count,
}

impl Aggregation {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Max => "max",
            Self::Min => "min",
            Self::Count => "count",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Divide,
    Multiply,
    Add,
    Subtract,
}

impl Arithmetic {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Divide => "/",
            Self::Multiply => "*",
            Self::Add => "+",
            Self::Subtract => "-",
        }
    }

    pub(crate) fn of(self, left: f64, right: f64) -> f64 {
        match self {
            Self::Divide => left / right,
            Self::Multiply => left * right,
            Self::Add => left + right,
            Self::Subtract => left - right,
        }
    }
}

/// The range of a function over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Window {
    /// The range of the panel: Grafana's `$__rate_interval`, or the range that is chosen on the live page.
    Panel,
    /// A fixed duration, in whole seconds.
    Of(Duration),
}

impl Window {
    /// Creates a window of `minutes` minutes.
    pub const fn minutes(minutes: u64) -> Self {
        Self::Of(Duration::from_secs(minutes * 60))
    }

    /// Creates a window of `hours` hours.
    pub const fn hours(hours: u64) -> Self {
        Self::minutes(hours * 60)
    }
}

/// A duration as PromQL writes it: `5m`, `1h30m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromDuration(pub Duration);

impl fmt::Display for PromDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.as_secs();
        if rest == 0 {
            return f.write_str("0s");
        }
        for (unit, seconds) in [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)] {
            if rest >= seconds {
                write!(f, "{}{unit}", rest / seconds)?;
                rest %= seconds;
            }
        }
        Ok(())
    }
}

impl Expression {
    /// Calls `each` with every selector and the samples of its series that are read.
    pub(crate) fn selectors(&self, each: &mut dyn FnMut(&Selector, Part)) {
        match self {
            Self::Select(selector, part) | Self::Range(_, selector, part, _) => each(selector, *part),
            Self::Aggregate(_, _, inner)
            | Self::Quantile(_, inner)
            | Self::Scalar(_, inner, _)
            | Self::Complement(_, inner)
            | Self::Age(inner)
            | Self::Compare(inner, ..)
            | Self::Recorded(_, inner) => inner.selectors(each),
            Self::Binary(_, left, right) | Self::And(left, right) | Self::Or(left, right) => {
                left.selectors(each);
                right.selectors(each);
            }
        }
    }

    /// Calls `each` with every function over time and its window.
    pub(crate) fn windows(&self, each: &mut dyn FnMut(OverTime, Window)) {
        match self {
            Self::Select(..) => {}
            Self::Range(function, _, _, window) => each(*function, *window),
            Self::Aggregate(_, _, inner)
            | Self::Quantile(_, inner)
            | Self::Scalar(_, inner, _)
            | Self::Complement(_, inner)
            | Self::Age(inner)
            | Self::Compare(inner, ..)
            | Self::Recorded(_, inner) => inner.windows(each),
            Self::Binary(_, left, right) | Self::And(left, right) | Self::Or(left, right) => {
                left.windows(each);
                right.windows(each);
            }
        }
    }

    /// Returns the labels of its series, without those that a server adds, such as `job` and `instance`.
    pub(crate) fn labels(&self) -> Vec<String> {
        match self {
            Self::Select(selector, part) | Self::Range(_, selector, part, _) => {
                let mut labels = selector.labels();
                if matches!(part, Part::Bucket(_) | Part::Buckets) {
                    labels.push("le".to_owned());
                }
                labels
            }
            Self::Aggregate(_, by, _) => by.clone(),
            Self::Quantile(_, inner) => {
                let mut labels = inner.labels();
                labels.retain(|label| label != "le");
                labels
            }
            Self::Scalar(_, inner, _)
            | Self::Complement(_, inner)
            | Self::Age(inner)
            | Self::Compare(inner, ..)
            | Self::Recorded(_, inner)
            | Self::Binary(_, inner, _)
            | Self::And(inner, _)
            | Self::Or(inner, _) => inner.labels(),
        }
    }
}
