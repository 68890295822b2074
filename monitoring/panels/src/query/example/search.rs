//! The search for series with which a condition holds, or does not.

use super::{
    ExampleError,
    leaf::Leaf,
    target::{is_ratio, target},
};
use crate::query::{Aggregation, Arithmetic, Expression, Matcher, OverTime, Part, Selector, Window};
use std::{collections::BTreeMap, sync::Arc};
use tallymark_core::Kind;
use tallymark_rules::Comparison;

/// The series that were made so far.
#[derive(Default)]
pub(super) struct Search {
    leaves: Vec<Leaf>,
    /// The selectors whose series have their values, so that no further series is added to them.
    claimed: Vec<(Selector, Part)>,
    /// The values of the labels of the result.
    group: BTreeMap<String, String>,
}

/// The value or growth that a leaf should have.
#[derive(Clone, Copy)]
enum Goal {
    Value(f64),
    Growth(f64),
    /// A moment that is always so many seconds ago. Examples begin at the first moment of 1970.
    Age(f64),
}

/// The value of the whole in a ratio.
const WHOLE: f64 = 100.0;

impl Search {
    /// Returns series with which the condition holds, or does not.
    pub(super) fn leaves(condition: &Expression, holds: bool) -> Result<Vec<Leaf>, ExampleError> {
        let mut search = Self::default();
        search.condition(condition, holds)?;
        Ok(search.leaves)
    }

    fn condition(&mut self, expression: &Expression, holds: bool) -> Result<(), ExampleError> {
        match expression {
            Expression::Compare(inner, comparison, limit) => {
                if let Expression::Quantile(_, buckets) = &**inner {
                    // All in the last bucket but one, or all in the first one.
                    let above = matches!(comparison, Comparison::Above | Comparison::AtLeast);
                    return self.quantile(buckets, holds == above);
                }
                let ratio = is_ratio(inner);
                self.reach(inner, target(*comparison, *limit, holds, ratio))
            }
            Expression::And(left, right) => {
                self.condition(left, holds)?;
                self.condition(right, holds)
            }
            Expression::Or(left, right) if holds => {
                self.condition(left, true).or_else(|_| self.condition(right, true))
            }
            Expression::Or(left, right) => {
                self.condition(left, false)?;
                self.condition(right, false)
            }
            _ => Err(ExampleError::Unknown),
        }
    }

    fn quantile(&mut self, buckets: &Expression, high: bool) -> Result<(), ExampleError> {
        let Expression::Aggregate(_, by, inner) = buckets else { return Err(ExampleError::Unknown) };
        let Expression::Range(_, selector, _, _) = &**inner else { return Err(ExampleError::Unknown) };
        let labels = self.labels(selector, Part::Buckets, by).ok_or(ExampleError::Unknown)?;
        let family = Arc::clone(selector.family());
        let bucket = if high { family.bounds.len().saturating_sub(1) } else { 0 };
        self.leaves.push(Leaf { family, labels, bucket, value: 0.0, growth: WHOLE, mean: 0.0 });
        self.claimed.push((selector.clone(), Part::Buckets));
        Ok(())
    }

    /// Adds series with which the expression has this value.
    fn reach(&mut self, expression: &Expression, target: f64) -> Result<(), ExampleError> {
        self.reach_by(expression, target, &[])
    }

    fn reach_by(&mut self, expression: &Expression, target: f64, by: &[String]) -> Result<(), ExampleError> {
        match expression {
            Expression::Select(selector, part) => self.leaf(selector, *part, Goal::Value(target), by),
            Expression::Range(function, selector, part, window) => {
                let window = match window {
                    Window::Panel => 300.0,
                    Window::Of(duration) => duration.as_secs_f64(),
                };
                let goal = match function {
                    OverTime::Rate => Goal::Growth(target),
                    OverTime::Increase => Goal::Growth(target / window),
                    OverTime::Mean | OverTime::Max => Goal::Value(target),
                };
                self.leaf(selector, *part, goal, by)
            }
            Expression::Aggregate(Aggregation::Count, ..) | Expression::Quantile(..) => {
                Err(ExampleError::Unknown)
            }
            Expression::Aggregate(_, by, inner) => self.reach_by(inner, target, by),
            Expression::Binary(Arithmetic::Divide, left, _) if sum_of(left).is_some() => {
                let (selector, by) = sum_of(left).ok_or(ExampleError::Unknown)?;
                self.mean(selector, target, by)
            }
            Expression::Binary(Arithmetic::Divide, left, right) => {
                self.reach_by(left, target * WHOLE, by)?;
                self.reach_by(right, WHOLE, by)
            }
            Expression::Binary(Arithmetic::Add, left, right) => {
                let known = self.known(left).unwrap_or(0.0);
                if known == 0.0 {
                    self.reach_by(left, target, by)?;
                    return self.reach_by(right, 0.0, by);
                }
                self.reach_by(right, target - known, by)
            }
            Expression::Binary(Arithmetic::Subtract, left, right) => {
                self.reach_by(right, 0.0, by)?;
                self.reach_by(left, target, by)
            }
            Expression::Scalar(Arithmetic::Multiply, inner, factor) => {
                self.reach_by(inner, target / factor, by)
            }
            Expression::Complement(whole, inner) => self.reach_by(inner, whole - target, by),
            Expression::Age(inner) => self.moment(inner, target, by),
            // The right side is what counts while there is nothing on the left one.
            Expression::Recorded(_, inner) | Expression::Or(inner, _) => self.reach_by(inner, target, by),
            Expression::Binary(..)
            | Expression::Scalar(..)
            | Expression::Compare(..)
            | Expression::And(..) => Err(ExampleError::Unknown),
        }
    }

    /// Adds a series that is a moment so many seconds ago.
    fn moment(&mut self, expression: &Expression, age: f64, by: &[String]) -> Result<(), ExampleError> {
        match expression {
            Expression::Select(selector, part) => self.leaf(selector, *part, Goal::Age(age), by),
            Expression::Aggregate(Aggregation::Max | Aggregation::Min, by, inner) => {
                self.moment(inner, age, by)
            }
            _ => Err(ExampleError::Unknown),
        }
    }

    /// Adds a series of observations with this mean.
    fn mean(&mut self, selector: &Selector, mean: f64, by: &[String]) -> Result<(), ExampleError> {
        let labels = self.labels(selector, Part::Sum, by).ok_or(ExampleError::Unknown)?;
        let family = Arc::clone(selector.family());
        let bucket = family.bounds.iter().filter(|bound| **bound < mean).count();
        self.leaves.push(Leaf { family, labels, bucket, value: 0.0, growth: WHOLE, mean });
        self.claimed.push((selector.clone(), Part::Sum));
        Ok(())
    }

    /// The value that an expression has already, if its series were given theirs.
    fn known(&self, expression: &Expression) -> Option<f64> {
        let mut known = None;
        expression.selectors(&mut |selector, part| {
            if self.claimed.iter().any(|(claimed, other)| claimed == selector && *other == part) {
                known = Some(self.total(selector, part));
            }
        });
        known
    }

    fn total(&self, selector: &Selector, part: Part) -> f64 {
        let leaves = self.leaves.iter().filter(|leaf| is_among(leaf, selector, part));
        leaves.map(|leaf| leaf.value + leaf.growth).sum()
    }

    /// Adds a series, unless the ones that were added before are enough.
    fn leaf(
        &mut self,
        selector: &Selector,
        part: Part,
        goal: Goal,
        by: &[String],
    ) -> Result<(), ExampleError> {
        if part == Part::Sum {
            return Err(ExampleError::Unknown);
        }
        let (Goal::Value(wanted) | Goal::Growth(wanted) | Goal::Age(wanted)) = goal;
        let rest = wanted - self.total(selector, part);
        let is_known = self.claimed.iter().any(|(claimed, other)| claimed == selector && *other == part);
        let any = self.leaves.iter().any(|leaf| is_among(leaf, selector, part));
        if is_known || (any && rest <= 1e-9) {
            return Ok(());
        }
        let labels = self.labels(selector, part, by).ok_or(ExampleError::Unknown)?;
        let family = Arc::clone(selector.family());
        let bucket = match part {
            Part::Bucket(bound) => {
                family.bounds.iter().position(|known| known.to_bits() == bound.to_bits()).unwrap_or(0)
            }
            _ => family.bounds.len(),
        };
        let (value, growth) = match goal {
            Goal::Value(_) => (rest, 0.0),
            Goal::Growth(_) => (0.0, rest),
            Goal::Age(age) => (-age, 1.0),
        };
        self.leaves.push(Leaf { family, labels, bucket, value, growth, mean: 0.0 });
        self.claimed.push((selector.clone(), part));
        Ok(())
    }

    /// Labels that the selector accepts, and no selector whose series were given their values.
    fn labels(&mut self, selector: &Selector, part: Part, by: &[String]) -> Option<Vec<(String, String)>> {
        let family = selector.family();
        let mut names: Vec<&str> = family.labels.iter().map(|label| label.name.as_str()).collect();
        if family.kind == Kind::StateSet {
            names.push(&family.name);
        }
        let candidates = |name: &str, group: &BTreeMap<String, String>| -> Vec<String> {
            if let Some(fixed) = by.iter().any(|label| label == name).then(|| group.get(name)).flatten() {
                return vec![fixed.clone()];
            }
            let closed = family.label(name).and_then(|label| label.values.clone());
            let states = (name == family.name).then(|| family.states.clone());
            closed.or(states).unwrap_or_else(|| {
                let mut values = vec![usual(name).to_owned()];
                let matchers = selector.matchers().iter().chain(
                    self.claimed
                        .iter()
                        .filter(|(claimed, _)| claimed.family().name == family.name)
                        .flat_map(|(claimed, _)| claimed.matchers()),
                );
                values.extend(matchers.filter(|matcher| matcher.label == name).map(Matcher::example));
                values.extend(["other".to_owned(), "another".to_owned()]);
                values
            })
        };
        let values: Vec<Vec<String>> = names.iter().map(|name| candidates(name, &self.group)).collect();
        let sets = values.iter().map(Vec::len).product::<usize>().min(10_000);
        let found = (0..sets).find_map(|set| {
            let mut rest = set;
            let labels: Vec<(String, String)> = names
                .iter()
                .zip(&values)
                .map(|(name, values)| {
                    let value = values.get(rest % values.len().max(1)).cloned().unwrap_or_default();
                    rest /= values.len().max(1);
                    ((*name).to_owned(), value)
                })
                .collect();
            let accepted = |selector: &Selector| accepts(selector, &labels);
            // Buckets of one series are told apart by their edges.
            let taken = self.claimed.iter().any(|(claimed, other)| {
                claimed.family().name == family.name
                    && *other == part
                    && part == Part::Value
                    && accepted(claimed)
            });
            (accepted(selector) && !taken).then_some(labels)
        })?;
        for (name, value) in &found {
            if by.contains(name) {
                self.group.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        Some(found)
    }
}

/// Returns what is selected and the labels, if the expression adds up the sums of observations.
fn sum_of(expression: &Expression) -> Option<(&Selector, &[String])> {
    let Expression::Aggregate(Aggregation::Sum, by, inner) = expression else { return None };
    match &**inner {
        Expression::Range(_, selector, Part::Sum, _) => Some((selector, by)),
        _ => None,
    }
}

fn accepts(selector: &Selector, labels: &[(String, String)]) -> bool {
    selector.matchers().iter().all(|matcher| {
        let value = labels.iter().find(|(name, _)| *name == matcher.label).map_or("", |(_, value)| value);
        matcher.accepts(value)
    })
}

fn is_among(leaf: &Leaf, selector: &Selector, part: Part) -> bool {
    let bucket = match part {
        Part::Bucket(bound) => leaf.family.bounds.get(leaf.bucket).is_some_and(|edge| *edge <= bound),
        _ => true,
    };
    bucket && leaf.family.name == selector.family().name && accepts(selector, &leaf.labels)
}

/// Returns a typical value of a label of this name.
fn usual(label: &str) -> &'static str {
    match label {
        "route" | "view" => "/orders",
        "method" => "GET",
        "status" => "200",
        "db" | "alias" | "connection" => "main",
        "vendor" => "postgresql",
        "error" | "type" => "timeout",
        "cache" => "sessions",
        "backend" => "memory",
        "operation" => "select",
        "model" => "order",
        "module" => "shop::orders",
        "function" => "create",
        "outcome" => "ok",
        "result" => "hit",
        "state" => "idle",
        "metric" => "orders_total",
        "collector" => "process",
        _ => "a",
    }
}
