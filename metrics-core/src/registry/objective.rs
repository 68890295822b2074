//! A service level objective of a program: what is promised of which series.

use crate::descriptor::Place;
use std::time::Duration;
use tallymark_rules::{MatchOperator, edge};

/// A service level objective of a program.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ObjectiveDescriptor {
    /// The name that is part of the names of its rules, lower snake case: `shop_queue_run`.
    pub name: String,
    /// A sentence that says what is promised.
    pub title: String,
    /// The percentage of events that should be good.
    pub target: f64,
    /// Which events are good.
    pub measure: ObjectiveMeasure,
    /// Where it was declared.
    pub place: Option<Place>,
}

/// The events of an objective, and which of them are good.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ObjectiveMeasure {
    /// All are good that are not among the errors.
    Success {
        /// The counters of bad events.
        errors: SeriesSelector,
        /// The counters of all events.
        total: SeriesSelector,
    },
    /// Those are good that took no longer than the limit.
    Latency {
        /// The histograms of durations.
        histogram: SeriesSelector,
        /// The limit in seconds, a bound of the histogram's buckets.
        limit: f64,
    },
}

impl ObjectiveMeasure {
    /// Returns the selector of all events.
    pub fn events(&self) -> &SeriesSelector {
        match self {
            Self::Success { total, .. } => total,
            Self::Latency { histogram, .. } => histogram,
        }
    }
}

/// Some of the series of a family.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeriesSelector {
    /// The name of the family.
    pub family: String,
    /// What the labels of the series have to be.
    pub matchers: Vec<LabelMatcher>,
}

impl SeriesSelector {
    /// Selects all series of a family.
    pub fn new(family: impl Into<String>) -> Self {
        Self { family: family.into(), matchers: Vec::new() }
    }

    /// Selects only series whose label has this value.
    #[must_use]
    pub fn equal(self, label: &str, value: &str) -> Self {
        self.and(label, MatchOperator::Equal, value)
    }

    /// Selects only series whose label matches the pattern, as in PromQL.
    #[must_use]
    pub fn matching(self, label: &str, pattern: &str) -> Self {
        self.and(label, MatchOperator::Matches, pattern)
    }

    pub(super) fn and(mut self, label: &str, operator: MatchOperator, value: &str) -> Self {
        self.matchers.push(LabelMatcher { label: label.to_owned(), operator, value: value.to_owned() });
        self
    }
}

/// A condition on the value of a label.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LabelMatcher {
    /// The label.
    pub label: String,
    /// How its value is compared.
    pub operator: MatchOperator,
    /// The value, or the pattern.
    pub value: String,
}

impl ObjectiveDescriptor {
    /// Creates the objective that `target` percent of all events are not among the errors. Families are named as they are
    /// declared, without the registry's namespace.
    pub fn success(
        name: &str,
        events: &str,
        target: f64,
        errors: SeriesSelector,
        total: SeriesSelector,
    ) -> Self {
        let title = format!("{target} % of all {events} succeed");
        let measure = ObjectiveMeasure::Success { errors, total };
        Self { name: slug(name), title, target, measure, place: None }
    }

    /// Creates the objective that `target` percent of all events take no longer than a limit, which should be a bound of the
    /// histogram's buckets. The family is named as it is declared, without the registry's namespace.
    pub fn latency(
        name: &str,
        events: &str,
        target: f64,
        histogram: SeriesSelector,
        limit: Duration,
        bounds: &[f64],
    ) -> Self {
        let title = format!("{target} % of all {events} take at most {limit:?}");
        let limit = edge(bounds, limit).unwrap_or(limit.as_secs_f64());
        let measure = ObjectiveMeasure::Latency { histogram, limit };
        Self { name: slug(&format!("{name}_latency")), title, target, measure, place: None }
    }

    /// Sets where it was declared.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    pub(super) fn selectors(&mut self) -> impl Iterator<Item = &mut SeriesSelector> {
        let (first, second) = match &mut self.measure {
            ObjectiveMeasure::Success { errors, total } => (total, Some(errors)),
            ObjectiveMeasure::Latency { histogram, .. } => (histogram, None),
        };
        std::iter::once(first).chain(second)
    }
}

/// Returns a text as a part of the names of rules: lower snake case.
fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_alphanumeric() {
            slug.push(character.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('_') {
            slug.push('_');
        }
    }
    slug.truncate(slug.trim_end_matches('_').len());
    slug
}
