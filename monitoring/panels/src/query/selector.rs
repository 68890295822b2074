//! Selectors of the series of a declared family.

use super::{QueryError, pattern};
use std::sync::Arc;
use tallymark_core::{Kind, registry::FamilyDescriptor};
use tallymark_rules::{MatchOperator, is_pattern};

/// Series of a declared family: all of them, or those whose labels match.
///
/// A selector is made from a descriptor, so that it cannot name a metric that is not declared, and every label is looked
/// up in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Selector {
    family: Arc<FamilyDescriptor>,
    matchers: Vec<Matcher>,
}

/// A condition on the value of a label.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Matcher {
    pub(crate) label: String,
    pub(crate) operator: MatchOperator,
    pub(crate) value: String,
}

impl Matcher {
    pub(crate) fn accepts(&self, value: &str) -> bool {
        match self.operator {
            MatchOperator::Equal => value == self.value,
            MatchOperator::NotEqual => value != self.value,
            MatchOperator::Matches => pattern::matches(&self.value, value),
            MatchOperator::NotMatches => !pattern::matches(&self.value, value),
        }
    }

    /// Returns a value that is accepted.
    pub(crate) fn example(&self) -> String {
        match self.operator {
            MatchOperator::Equal => self.value.clone(),
            MatchOperator::Matches => pattern::example(&self.value),
            MatchOperator::NotEqual | MatchOperator::NotMatches => "other".to_owned(),
        }
    }
}

impl Selector {
    /// Selects all series of the family.
    pub fn new(family: &Arc<FamilyDescriptor>) -> Self {
        Self { family: Arc::clone(family), matchers: Vec::new() }
    }

    /// Returns the family.
    pub fn family(&self) -> &Arc<FamilyDescriptor> {
        &self.family
    }

    pub(crate) fn matchers(&self) -> &[Matcher] {
        &self.matchers
    }

    /// Selects only series whose label has this value.
    ///
    /// # Errors
    ///
    /// If the family has no such label, or if the label is closed and never has this value.
    pub fn equal(self, label: &str, value: &str) -> Result<Self, QueryError> {
        self.matched(label, MatchOperator::Equal, value)
    }

    /// Selects only series whose label has another value than this.
    ///
    /// # Errors
    ///
    /// If the family has no such label, or if the label is closed and never has this value.
    pub fn not_equal(self, label: &str, value: &str) -> Result<Self, QueryError> {
        self.matched(label, MatchOperator::NotEqual, value)
    }

    /// Selects only series whose label matches: `5..`, `error|panic`.
    ///
    /// # Errors
    ///
    /// If the family has no such label, if the label is closed and none of its values match, or if the pattern has syntax
    /// beside alternatives, `.`, `.*` and `.+`.
    pub fn matching(self, label: &str, pattern: &str) -> Result<Self, QueryError> {
        self.matched(label, MatchOperator::Matches, pattern)
    }

    /// Selects only series whose label does not match.
    ///
    /// # Errors
    ///
    /// As [`matching`](Self::matching).
    pub fn not_matching(self, label: &str, pattern: &str) -> Result<Self, QueryError> {
        self.matched(label, MatchOperator::NotMatches, pattern)
    }

    /// Selects only series whose label is as the operator says.
    ///
    /// # Errors
    ///
    /// As [`matching`](Self::matching).
    pub(crate) fn matched(
        mut self,
        label: &str,
        operator: MatchOperator,
        value: &str,
    ) -> Result<Self, QueryError> {
        let Some(known) = self.family.label(label) else { return Err(self.unknown_label(label)) };
        if operator.takes_pattern() && !is_pattern(value) {
            return Err(QueryError::Pattern { pattern: value.to_owned() });
        }
        let matcher = Matcher { label: label.to_owned(), operator, value: value.to_owned() };
        if let Some(values) = &known.values {
            let named = Matcher {
                operator: match operator {
                    MatchOperator::Equal | MatchOperator::NotEqual => MatchOperator::Equal,
                    MatchOperator::Matches | MatchOperator::NotMatches => MatchOperator::Matches,
                },
                ..matcher.clone()
            };
            if !values.iter().any(|value| named.accepts(value)) {
                return Err(QueryError::UnknownValue {
                    family: self.family.name.clone(),
                    label: label.to_owned(),
                    value: value.to_owned(),
                    known: values.clone(),
                });
            }
        }
        self.matchers.push(matcher);
        Ok(self)
    }

    pub(super) fn unknown_label(&self, label: &str) -> QueryError {
        QueryError::UnknownLabel {
            family: self.family.name.clone(),
            label: label.to_owned(),
            known: self.labels(),
        }
    }

    pub(super) fn wrong_kind(&self, needs: &'static str) -> QueryError {
        QueryError::WrongKind { family: self.family.name.clone(), kind: self.family.kind, needs }
    }

    /// Returns the labels of its series.
    pub(super) fn labels(&self) -> Vec<String> {
        let mut labels: Vec<String> = self.family.labels.iter().map(|label| label.name.clone()).collect();
        if self.family.kind == Kind::StateSet {
            labels.push(self.family.name.clone());
        }
        labels
    }

    /// Returns these labels, if the family has them all.
    pub(super) fn known(&self, labels: &[&str]) -> Result<Vec<String>, QueryError> {
        let known = |label: &&str| match self.family.label(label) {
            Some(label) => Ok(label.name.clone()),
            None => Err(self.unknown_label(label)),
        };
        labels.iter().map(known).collect()
    }
}
