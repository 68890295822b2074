//! Findings of the checks.

use std::fmt;
use tallymark_core::registry::FamilyDescriptor;

/// Something that is wrong, or may be wrong, with a program's metrics.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The check that found it.
    pub check: Check,
    /// The severity.
    pub level: FindingLevel,
    /// The name of the family, if the finding concerns one.
    pub family: Option<String>,
    /// File and line of the declaration, if they are known.
    pub place: Option<String>,
    /// The message, which says what is wrong.
    pub message: String,
    /// The advice, which says what to write.
    pub advice: String,
}

/// The check that made a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Check {
    /// Two metrics have one name.
    Conflict,
    /// A collector failed.
    Collector,
    /// Label sets were counted as `_overflow`.
    Overflow,
    /// A family is near its limit of series.
    Limit,
    /// All families together exceed the budget of series.
    Budget,
    /// The number of values of a label grows.
    Growth,
    /// The values of a label look like identifiers.
    Identifier,
    /// The name of a label is that of an unbounded number of values.
    LabelName,
    /// Observations were not finite numbers, or negative.
    Rejected,
    /// The buckets of a histogram do not resolve its observations.
    Buckets,
    /// A metric was never touched.
    Untouched,
    /// A function fails, and has no objective.
    Objective,
    /// An alert or an objective of an annotation cannot be written as a rule.
    Annotation,
    /// Rows are written, and no model counts them.
    Model,
    /// The time that tasks wait for a connection of a pool is not measured.
    PoolWait,
    /// Migrations were not applied.
    Migrations,
    /// The endpoint has no authentication.
    Endpoint,
    /// A name does not follow the naming conventions of Prometheus.
    Naming,
}

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum FindingLevel {
    /// Information without a need to act.
    Note,
    /// Something that will cause a problem as the service grows or ages.
    Warning,
    /// Metrics are missing or wrong now.
    Error,
}

impl Finding {
    pub(super) fn new(check: Check, level: FindingLevel, message: String, advice: impl Into<String>) -> Self {
        Self { check, level, family: None, place: None, message, advice: advice.into() }
    }

    /// Sets the family that the finding concerns, with the place of its declaration.
    pub(super) fn of(mut self, family: &FamilyDescriptor) -> Self {
        self.family = Some(family.name.clone());
        self.place = family.place.map(|place| place.to_string());
        self
    }
}

impl fmt::Display for FindingLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// Formats the finding in the style of a compiler's diagnostic.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.level, self.message)?;
        if let Some(place) = &self.place {
            write!(f, "\n  --> {place}")?;
        }
        write!(f, "\n  = help: {}", self.advice)
    }
}
