//! Queries of declared families, a subset of PromQL.

mod error;
mod example;
mod expression;
mod function;
mod pattern;
mod promql;
mod selector;

pub use error::QueryError;
pub use example::{ExampleError, ExampleSeries};
pub(crate) use expression::{Aggregation, Arithmetic, Expression, OverTime, Part};
pub use expression::{PromDuration, Window};
pub use promql::PromQl;
pub(crate) use promql::{is_plain, number, quoted};
pub(crate) use selector::Matcher;
pub use selector::Selector;

use std::sync::Arc;
use tallymark_core::registry::FamilyDescriptor;
use tallymark_rules::Comparison;

/// A query of declared families, in a subset of PromQL.
///
/// [`promql`](Query::promql) writes it for Prometheus, and [`History::evaluate`](crate::History::evaluate) evaluates it in the
/// program, with the same result.
#[derive(Clone, Debug, PartialEq)]
pub struct Query(pub(crate) Expression);

impl Query {
    pub(crate) fn new(expression: Expression) -> Self {
        Self(expression)
    }

    /// Returns the sum of all series.
    #[must_use]
    pub fn sum(self) -> Self {
        Self(Expression::Aggregate(Aggregation::Sum, Vec::new(), Box::new(self.0)))
    }

    /// Returns the sums of all series with the same values of these labels.
    ///
    /// # Errors
    ///
    /// If the series have no such labels.
    pub fn sum_by(self, labels: &[&str]) -> Result<Self, QueryError> {
        self.aggregate(Aggregation::Sum, labels)
    }

    /// Returns the greatest of all series with the same values of these labels.
    ///
    /// # Errors
    ///
    /// If the series have no such labels.
    pub fn max_by(self, labels: &[&str]) -> Result<Self, QueryError> {
        self.aggregate(Aggregation::Max, labels)
    }

    /// Returns the least of all series with the same values of these labels.
    ///
    /// # Errors
    ///
    /// If the series have no such labels.
    pub fn min_by(self, labels: &[&str]) -> Result<Self, QueryError> {
        self.aggregate(Aggregation::Min, labels)
    }

    /// Returns how many series there are with the same values of these labels.
    ///
    /// # Errors
    ///
    /// If the series have no such labels.
    pub fn count_by(self, labels: &[&str]) -> Result<Self, QueryError> {
        self.aggregate(Aggregation::Count, labels)
    }

    fn aggregate(self, aggregation: Aggregation, labels: &[&str]) -> Result<Self, QueryError> {
        // Only the labels of the last aggregation are left.
        let known = self.0.labels();
        if let Some(&label) = labels.iter().find(|&&label| !known.iter().any(|known| known == label)) {
            let family = self.families().first().map_or_else(String::new, |family| family.name.clone());
            return Err(QueryError::UnknownLabel { family, label: label.to_owned(), known });
        }
        let labels = labels.iter().map(|&label| label.to_owned()).collect();
        Ok(Self(Expression::Aggregate(aggregation, labels, Box::new(self.0))))
    }

    /// Returns the quotient of this and `whole`, series by series with the same labels.
    ///
    /// # Errors
    ///
    /// If the two sides have different labels.
    pub fn ratio(self, whole: Self) -> Result<Self, QueryError> {
        self.binary(Arithmetic::Divide, whole)
    }

    /// Returns the quotient of this and `whole`, of which it is a part: 0 while `whole` has series and the part has none yet.
    ///
    /// # Errors
    ///
    /// If the two sides have different labels.
    pub fn part_of(self, whole: Self) -> Result<Self, QueryError> {
        self.or(whole.clone().times(0.0))?.ratio(whole)
    }

    /// Returns the sum of both, series by series with the same labels.
    ///
    /// # Errors
    ///
    /// If the two sides have different labels.
    pub fn plus(self, other: Self) -> Result<Self, QueryError> {
        self.binary(Arithmetic::Add, other)
    }

    /// Returns the difference of this and `other`, series by series with the same labels.
    ///
    /// # Errors
    ///
    /// If the two sides have different labels.
    pub fn minus(self, other: Self) -> Result<Self, QueryError> {
        self.binary(Arithmetic::Subtract, other)
    }

    fn binary(self, operator: Arithmetic, right: Self) -> Result<Self, QueryError> {
        self.check_sides(&right)?;
        Ok(Self(Expression::Binary(operator, Box::new(self.0), Box::new(right.0))))
    }

    fn check_sides(&self, right: &Self) -> Result<(), QueryError> {
        let (mut left, mut right) = (self.0.labels(), right.0.labels());
        left.sort();
        right.sort();
        if left == right { Ok(()) } else { Err(QueryError::Sides { left, right }) }
    }

    /// Returns the product of this and `factor`.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self(Expression::Scalar(Arithmetic::Multiply, Box::new(self.0), factor))
    }

    /// Returns one minus this: the other part of a ratio.
    #[must_use]
    pub fn complement(self) -> Self {
        Self(Expression::Complement(1.0, Box::new(self.0)))
    }

    /// Returns the seconds since this, which is a moment in seconds since 1970; before it, they are negative.
    #[must_use]
    pub fn age(self) -> Self {
        Self(Expression::Age(Box::new(self.0)))
    }

    /// Returns only the series for whose value the comparison with `limit` holds: the condition of an alert.
    #[must_use]
    pub fn compared(self, comparison: Comparison, limit: f64) -> Self {
        Self(Expression::Compare(Box::new(self.0), comparison, limit))
    }

    /// Returns only the series whose labels `other` has as well.
    ///
    /// # Errors
    ///
    /// If the two sides have different labels.
    pub fn and(self, other: Self) -> Result<Self, QueryError> {
        self.check_sides(&other)?;
        Ok(Self(Expression::And(Box::new(self.0), Box::new(other.0))))
    }

    /// Returns these series, and the series of `other` whose labels these do not have.
    ///
    /// # Errors
    ///
    /// If the two sides have different labels.
    pub fn or(self, other: Self) -> Result<Self, QueryError> {
        self.check_sides(&other)?;
        Ok(Self(Expression::Or(Box::new(self.0), Box::new(other.0))))
    }

    /// Returns the query of the recording rule of this name that records this query.
    pub(crate) fn recorded(self, name: &str) -> Self {
        Self(Expression::Recorded(Arc::from(name), Box::new(self.0)))
    }

    /// Returns the families that the query reads, each once, in the order in which it names them.
    pub fn families(&self) -> Vec<Arc<FamilyDescriptor>> {
        let mut families: Vec<Arc<FamilyDescriptor>> = Vec::new();
        self.0.selectors(&mut |selector, _| {
            if !families.iter().any(|known| known.name == selector.family().name) {
                families.push(Arc::clone(selector.family()));
            }
        });
        families
    }

    /// Returns the labels of its series, without those that a server adds, such as `job` and `instance`.
    pub fn labels(&self) -> Vec<String> {
        self.0.labels()
    }
}

#[cfg(test)]
mod tests;
