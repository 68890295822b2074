//! What wakes somebody up.

use crate::{Query, query::PromDuration};
use std::{fmt, time::Duration};

/// A condition that somebody has to know of.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Alert {
    /// The name, such as `HighErrorRate`.
    pub name: String,
    /// The condition: a query that yields a series for each thing that is wrong.
    pub condition: Query,
    /// For how long the condition has to hold.
    pub hold: Duration,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence. `{{ $labels.route }}` is the value of a label.
    pub summary: String,
    /// What the value means, and what to do. `{{ $value }}` is the value.
    pub description: String,
}

impl Alert {
    /// Creates an alert that fires as soon as its condition holds, as a warning.
    pub fn new(name: impl Into<String>, condition: Query, summary: impl Into<String>) -> Self {
        let summary = summary.into();
        Self {
            name: name.into(),
            condition,
            hold: Duration::ZERO,
            severity: Severity::Warning,
            description: summary.clone(),
            summary,
        }
    }

    /// Fires only if the condition has held for so many minutes, so that it is not about a moment.
    #[must_use]
    pub fn after_minutes(mut self, minutes: u64) -> Self {
        self.hold = Duration::from_secs(minutes * 60);
        self
    }

    /// Makes it critical: somebody has to look now.
    #[must_use]
    pub fn critical(mut self) -> Self {
        self.severity = Severity::Critical;
        self
    }

    /// Sets the description: what the value means, and what to do.
    #[must_use]
    pub fn describe(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Returns [`hold`](Self::hold) as Prometheus writes it.
    pub fn hold_text(&self) -> PromDuration {
        PromDuration(self.hold)
    }
}

/// How bad something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// Somebody has to look within the day.
    Warning,
    /// Somebody has to look now.
    Critical,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Critical => "critical",
        })
    }
}

/// A query whose result a Prometheus server keeps under a name.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Recording {
    /// The name, `level:metric:operations`.
    pub name: String,
    /// The query.
    pub query: Query,
}

impl Recording {
    /// Creates a rule that keeps the results of `query` as `name`.
    pub fn new(name: impl Into<String>, query: Query) -> Self {
        Self { name: name.into(), query }
    }

    /// Returns a query for the kept results.
    pub fn reference(&self) -> Query {
        self.query.clone().recorded(&self.name)
    }
}
