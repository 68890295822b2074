//! One thing that is wrong.

use std::fmt;
use tallymark_core::registry::FamilyDescriptor;

/// Something that is wrong with a program's metrics, or may be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What was looked at.
    pub check: Check,
    /// How bad it is.
    pub level: FindingLevel,
    /// The family, if it is about one.
    pub family: Option<String>,
    /// File and line of the declaration, if they are known.
    pub place: Option<String>,
    /// What was found.
    pub message: String,
    /// What to write.
    pub advice: String,
}

/// What a finding is about.
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
    /// All families together may have more series than is good.
    Budget,
    /// A label has more and more values.
    Growth,
    /// The values of a label look like identifiers.
    Identifier,
    /// The name of a label promises values without end.
    LabelName,
    /// Observations were no numbers.
    Rejected,
    /// The buckets of a histogram tell nothing.
    Buckets,
    /// A metric was never touched.
    Untouched,
    /// A function fails, and nothing says how often it may.
    Objective,
    /// Rows are written, and no model counts them.
    Model,
    /// Nobody knows how long connections are waited for.
    PoolWait,
    /// Migrations were not applied.
    Migrations,
    /// Anyone can read the metrics.
    Endpoint,
    /// A name breaks the rules.
    Naming,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum FindingLevel {
    /// Good to know.
    Note,
    /// Sooner or later it hurts.
    Warning,
    /// Something is not seen, or is wrong, now.
    Error,
}

impl Finding {
    pub(super) fn new(check: Check, level: FindingLevel, message: String, advice: impl Into<String>) -> Self {
        Self { check, level, family: None, place: None, message, advice: advice.into() }
    }

    /// It is about this family.
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

/// As a compiler says it.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.level, self.message)?;
        if let Some(place) = &self.place {
            write!(f, "\n  --> {place}")?;
        }
        write!(f, "\n  = help: {}", self.advice)
    }
}
