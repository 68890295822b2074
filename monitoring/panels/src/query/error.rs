//! Errors of queries.

use std::{error::Error, fmt};
use tallymark_core::Kind;
use tallymark_rules::ConditionFault;

/// The reason why a query of a family is not valid.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum QueryError {
    /// No family of this name is declared.
    UnknownFamily {
        /// The name that was asked for.
        family: String,
    },
    /// The family has no such label.
    UnknownLabel {
        /// The family.
        family: String,
        /// The label that was asked for.
        label: String,
        /// The labels that it has.
        known: Vec<String>,
    },
    /// The label cannot have such a value.
    UnknownValue {
        /// The family.
        family: String,
        /// The label.
        label: String,
        /// The value or pattern that was asked for.
        value: String,
        /// The values that it can have.
        known: Vec<String>,
    },
    /// The function does not apply to families of this kind.
    WrongKind {
        /// The family.
        family: String,
        /// Its kind.
        kind: Kind,
        /// The function, and the kinds that it applies to.
        needs: &'static str,
    },
    /// The limit is not the bound of a bucket, so that observations below it are not counted.
    UnknownBound {
        /// The family.
        family: String,
        /// The limit that was asked for.
        bound: f64,
        /// The nearest bounds.
        nearest: Vec<f64>,
    },
    /// The pattern has syntax beside alternatives, `.`, `.*` and `.+`.
    Pattern {
        /// The pattern.
        pattern: String,
    },
    /// The two sides have different labels, so that no series of one side matches one of the other.
    Sides {
        /// The labels of the left side.
        left: Vec<String>,
        /// The labels of the right side.
        right: Vec<String>,
    },
    /// The condition of an alert makes no sense for the family.
    Condition {
        /// The family.
        family: String,
        /// The reason, which says what to write.
        fault: ConditionFault<'static>,
    },
    /// A quantile or an objective is not between its bounds.
    OutOfRange {
        /// The value that was asked for.
        value: f64,
        /// What is allowed.
        allowed: &'static str,
    },
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownFamily { family } => write!(f, "no metric `{family}` is declared"),
            Self::UnknownLabel { family, label, known } if known.is_empty() => {
                write!(f, "`{family}` has no label `{label}`: it has no labels")
            }
            Self::UnknownLabel { family, label, known } => {
                write!(f, "`{family}` has no label `{label}`: its labels are {}", Listed(known))
            }
            Self::UnknownValue { family, label, value, known } => write!(
                f,
                "label `{label}` of `{family}` is never `{value}`: its values are {}",
                Listed(known)
            ),
            Self::WrongKind { family, kind, needs } => {
                write!(f, "`{family}` is a {}: {needs}", kind.openmetrics_name())
            }
            Self::UnknownBound { family, bound, nearest } if nearest.is_empty() => {
                write!(f, "{bound} is no edge of a bucket of `{family}`, whose edges are not known")
            }
            Self::UnknownBound { family, bound, nearest } => write!(
                f,
                "{bound} is no edge of a bucket of `{family}`: write {}, or add the edge",
                nearest.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
            ),
            Self::Pattern { pattern } => ConditionFault::Pattern { text: pattern }.fmt(f),
            Self::Sides { left, right } => write!(
                f,
                "the two sides have different labels: {} and {}; sum both by the same labels",
                Side(left),
                Side(right)
            ),
            Self::Condition { family, fault } => write!(f, "the condition does not fit `{family}`: {fault}"),
            Self::OutOfRange { value, allowed } => write!(f, "{value} is out of range: {allowed}"),
        }
    }
}

impl Error for QueryError {}

/// A list of names in backticks.
struct Listed<'a>(&'a [String]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, name) in self.0.iter().enumerate() {
            write!(f, "{}`{name}`", if at == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

/// The labels of one side of an operator.
struct Side<'a>(&'a [String]);

impl fmt::Display for Side<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [] => f.write_str("none"),
            labels => Listed(labels).fmt(f),
        }
    }
}
