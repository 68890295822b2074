//! Alerting and recording rules.

use crate::{Query, query::PromDuration};
use std::time::Duration;
use tallymark_rules::Severity;

/// An alerting rule.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Alert {
    /// The name, such as `HighErrorRate`.
    pub name: String,
    /// The condition: a query whose result has a series for each alert that fires.
    pub condition: Query,
    /// For how long the condition has to hold.
    pub hold: Duration,
    /// The severity.
    pub severity: Severity,
    /// One sentence. `{{ $labels.route }}` is the value of a label.
    pub summary: String,
    /// The meaning of the value, and what to do. `{{ $value }}` is the value.
    pub description: String,
}

impl Alert {
    /// Creates an alert of severity *warning* that fires as soon as its condition holds.
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

    /// Sets how many minutes the condition has to hold before the alert fires.
    #[must_use]
    pub fn after_minutes(mut self, minutes: u64) -> Self {
        self.hold = Duration::from_secs(minutes * 60);
        self
    }

    /// Sets the severity to critical: it needs attention at once.
    #[must_use]
    pub fn critical(mut self) -> Self {
        self.severity = Severity::Critical;
        self
    }

    /// Sets the description: the meaning of the value, and what to do.
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

/// A recording rule: a query whose result a Prometheus server stores under a name.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Recording {
    /// The name, `level:metric:operations`.
    pub name: String,
    /// The query.
    pub query: Query,
}

impl Recording {
    /// Creates a rule that records the results of `query` as `name`.
    pub fn new(name: impl Into<String>, query: Query) -> Self {
        Self { name: name.into(), query }
    }

    /// Returns a query of the recorded results.
    pub fn reference(&self) -> Query {
        self.query.clone().recorded(&self.name)
    }
}
