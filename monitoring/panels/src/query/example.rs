//! Series that make a condition hold, and series that do not: what unit tests of alerts are made from.

use super::{
    Expression, OverTime, Part, Query, Selector, Window,
    expression::{Aggregation, Arithmetic},
    is_plain, quoted,
};
use crate::History;
use std::{collections::BTreeMap, error::Error, fmt, sync::Arc, time::Duration};
use tallymark_core::{
    Kind, Number,
    registry::FamilyDescriptor,
    snapshot::{Family, HistogramValue, Series, Snapshot, StatesValue, SummaryValue, Value},
};
use tallymark_rules::Comparison;

/// A series with a steady value or a steady growth.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ExampleSeries {
    /// The name of its sample, such as `http_request_duration_seconds_bucket`.
    pub name: String,
    /// Its labels.
    pub labels: Vec<(String, String)>,
    /// Its first value.
    pub start: f64,
    /// The growth per minute.
    pub per_minute: f64,
}

impl ExampleSeries {
    /// Writes the series as `promtool` reads it, with these labels before its own.
    ///
    /// ```
    /// use tallymark_panels::{Catalogue, Comparison, Selector};
    ///
    /// let catalogue = Catalogue::current();
    /// let conflicts = Selector::new(catalogue.get("tallymark_conflicts_total")?);
    /// let condition = conflicts.value()?.compared(Comparison::Above, 0.0);
    /// let series = &condition.example(true).expect("there may be one")[0];
    /// assert_eq!(series.promql(&[("job", "shop")]), r#"tallymark_conflicts_total{job="shop"}"#);
    /// # Ok::<_, tallymark_panels::QueryError>(())
    /// ```
    pub fn promql(&self, before: &[(&str, &str)]) -> String {
        let own = self.labels.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut parts: Vec<String> = Vec::new();
        if !is_plain(&self.name) {
            parts.push(quoted(&self.name));
        }
        parts.extend(before.iter().copied().chain(own).map(|(name, value)| {
            let name = if is_plain(name) { name.to_owned() } else { quoted(name) };
            format!("{name}={}", quoted(value))
        }));
        let name = if is_plain(&self.name) { self.name.as_str() } else { "" };
        format!("{name}{{{}}}", parts.join(", "))
    }
}

/// The reason why there is no example for a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExampleError {
    /// The condition cannot hold: a quantile, say, is compared with a limit beyond the last bucket.
    NeverHolds,
    /// The condition always holds.
    AlwaysHolds,
    /// The query is not a condition, or no example was found.
    Unknown,
}

impl fmt::Display for ExampleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NeverHolds => "no values were found for which the condition holds: it may never hold",
            Self::AlwaysHolds => {
                "no values were found for which the condition does not hold: it may always hold"
            }
            Self::Unknown => {
                "no example can be made for it: an alert compares a rate, a ratio, a quantile or a value \
                              with a limit"
            }
        })
    }
}

impl Error for ExampleError {}

/// Minutes for which examples are evaluated, unless an increase looks back over more.
const MINUTES: u64 = 20;

impl Query {
    /// Returns series for which this condition holds, or for which it does not. The result is verified by evaluating the
    /// condition over the series.
    ///
    /// # Errors
    ///
    /// If the condition never holds, or always does, as far as can be seen, or if the query is no condition.
    pub fn example(&self, holds: bool) -> Result<Vec<ExampleSeries>, ExampleError> {
        let mut example = Example::default();
        example.condition(&self.0, holds)?;
        let mut history = History::new(usize::MAX);
        let minutes = i64::try_from(self.example_minutes()).unwrap_or(i64::MAX);
        for minute in 0..=minutes {
            history.push(minute * 60_000, &example.snapshot(minute as f64));
        }
        let held = !history.evaluate(self, minutes * 60_000, Duration::from_secs(300)).is_empty();
        match (held, holds) {
            (false, true) => Err(ExampleError::NeverHolds),
            (true, false) => Err(ExampleError::AlwaysHolds),
            _ => Ok(example.series()),
        }
    }
}

impl Query {
    /// Returns after how many minutes an [`example`](Self::example) is as it says: an increase needs a whole window.
    pub fn example_minutes(&self) -> u64 {
        let mut minutes = MINUTES;
        self.0.windows(&mut |function, window| {
            if let (OverTime::Increase, Window::Of(window)) = (function, window) {
                minutes = minutes.max(window.as_secs().div_ceil(60) + 1);
            }
        });
        minutes
    }
}

/// The series that were made so far.
#[derive(Default)]
struct Example {
    leaves: Vec<Leaf>,
    /// The selectors whose series have their values, so that no further series is added to them.
    claimed: Vec<(Selector, Part)>,
    /// The values of the labels of the result.
    group: BTreeMap<String, String>,
}

/// A series with a value, or one of its buckets.
struct Leaf {
    family: Arc<FamilyDescriptor>,
    labels: Vec<(String, String)>,
    /// The index of the bucket that grows, if the family is a histogram.
    bucket: usize,
    value: f64,
    /// The growth per second.
    growth: f64,
    /// The mean of the observations of a histogram or summary.
    mean: f64,
}

/// The value or growth that a leaf should have.
#[derive(Clone, Copy)]
enum Goal {
    Value(f64),
    Growth(f64),
}

/// The value of the whole in a ratio.
const WHOLE: f64 = 100.0;

impl Example {
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
            // The right side is what counts while there is nothing on the left one.
            Expression::Recorded(_, inner) | Expression::Or(inner, _) => self.reach_by(inner, target, by),
            Expression::Binary(..)
            | Expression::Scalar(..)
            | Expression::Compare(..)
            | Expression::And(..) => Err(ExampleError::Unknown),
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
        let (Goal::Value(wanted) | Goal::Growth(wanted)) = goal;
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
                values.extend(
                    matchers.filter(|matcher| matcher.label == name).map(super::selector::Matcher::example),
                );
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

    /// Returns the families at a minute.
    fn snapshot(&self, minute: f64) -> Snapshot {
        let mut families: BTreeMap<&str, Family> = BTreeMap::new();
        for leaf in &self.leaves {
            let descriptor = &leaf.family;
            let family = families.entry(&descriptor.name).or_insert_with(|| Family {
                name: descriptor.name.clone(),
                help: descriptor.help.clone(),
                kind: descriptor.kind,
                unit: descriptor.unit.clone(),
                series: Vec::new(),
            });
            let now = leaf.value + leaf.growth * minute * 60.0;
            let labels: Vec<(&str, &str)> =
                leaf.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let known = family.series.iter().position(|series| series.has(&labels));
            match descriptor.kind {
                Kind::Histogram => {
                    let at = known.unwrap_or_else(|| {
                        let (bounds, counts) =
                            (descriptor.bounds.clone(), vec![0; descriptor.bounds.len() + 1]);
                        let value = HistogramValue { bounds, counts, ..HistogramValue::default() };
                        family.series.push(Series::new(leaf.labels.clone(), Value::Histogram(value)));
                        family.series.len() - 1
                    });
                    if let Value::Histogram(histogram) = &mut family.series[at].value {
                        #[expect(
                            clippy::cast_possible_truncation,
                            clippy::cast_sign_loss,
                            reason = "small examples"
                        )]
                        let count = now.round() as u64;
                        histogram.counts[leaf.bucket] += count;
                        histogram.sum += leaf.mean * now;
                    }
                }
                Kind::Summary => {
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "small examples"
                    )]
                    let value = SummaryValue {
                        count: now.round() as u64,
                        sum: leaf.mean * now,
                        ..SummaryValue::default()
                    };
                    family.series.push(Series::new(leaf.labels.clone(), Value::Summary(value)));
                }
                Kind::StateSet => {
                    let (own, labels): (Vec<_>, Vec<_>) =
                        leaf.labels.iter().cloned().partition(|(name, _)| *name == descriptor.name);
                    let state = own.first().map(|(_, state)| state.clone()).unwrap_or_default();
                    let states = descriptor.states.clone();
                    let place = states.iter().position(|known| *known == state).unwrap_or(0);
                    // Zero means that another state is on.
                    let current = if now == 0.0 { usize::from(place == 0) } else { place };
                    family.series.push(Series::new(labels, Value::States(StatesValue { states, current })));
                }
                _ => match known {
                    Some(at) => {
                        let before = family.series[at].value.as_f64();
                        family.series[at].value = Value::Number(Number::F64(before + now));
                    }
                    None => {
                        family.series.push(Series::new(leaf.labels.clone(), Value::Number(Number::F64(now))));
                    }
                },
            }
        }
        Snapshot::new(families.into_values().collect())
    }

    /// Returns the samples that a server would have, by comparing two snapshots.
    fn series(&self) -> Vec<ExampleSeries> {
        let mut history = History::new(usize::MAX);
        // Numbers of observations are whole, so their growth is measured over many minutes. A power of two keeps that of
        // all other numbers exact.
        let minutes = f64::from(1 << 16);
        history.push(0, &self.snapshot(0.0));
        history.push(60_000, &self.snapshot(minutes));
        history.steps(minutes)
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

/// Returns whether a value is between 0 and 1.
fn is_ratio(expression: &Expression) -> bool {
    match expression {
        Expression::Binary(Arithmetic::Divide, ..) | Expression::Complement(..) => true,
        Expression::Recorded(_, inner) => is_ratio(inner),
        _ => false,
    }
}

/// Returns a value clearly on one side of the limit.
fn target(comparison: Comparison, limit: f64, holds: bool, ratio: bool) -> f64 {
    let below = match limit {
        // Zero is not below itself.
        0.0 if comparison == Comparison::Below && holds => -1.0,
        limit if limit > 0.0 => limit / 2.0,
        limit => limit * 2.0,
    };
    let above = match limit {
        limit if ratio && limit < 1.0 => (limit * 2.0).min(f64::midpoint(limit, 1.0)).max(limit * 1.01),
        0.0 => 1.0,
        limit if limit < 0.0 => limit / 2.0,
        limit => limit * 2.0,
    };
    match (comparison, holds) {
        (Comparison::Above | Comparison::AtLeast, true) | (Comparison::Below | Comparison::AtMost, false) => {
            above
        }
        (Comparison::Above | Comparison::AtLeast, false) | (Comparison::Below | Comparison::AtMost, true) => {
            below
        }
        (_, true) => limit,
        (_, false) => limit + 1.0,
    }
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
