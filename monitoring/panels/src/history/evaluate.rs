//! Evaluation of queries over snapshots.

use super::{
    Frame, History, Sample,
    aggregate::aggregate,
    is_absent,
    over_time::over_time,
    quantile,
    sampled::{LabelPairs, Sampled, SampledRange},
};
use crate::query::{Expression, Matcher, Part, Query, Selector, Window};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::Duration,
};

/// A column, the labels of its series, and a value to be computed from it.
type Selected = (usize, LabelPairs, f64);

/// How long a sample is used after its scrape, in milliseconds: the default of Prometheus' `query.lookback-delta`.
const LOOKBACK: i64 = 5 * 60 * 1_000;

/// The context in which a query is evaluated.
struct Moment<'a> {
    history: &'a History,
    /// Milliseconds since 1970.
    at: i64,
    /// The duration of [`Window::Panel`].
    window: Duration,
}

impl History {
    /// Evaluates a query at a moment, in milliseconds since the beginning of 1970. `window` is the duration of [`Window::Panel`].
    pub fn evaluate(&self, query: &Query, at: i64, window: Duration) -> Vec<Sampled> {
        let mut series = Moment { history: self, at, window }.expression(&query.0);
        series.sort_by(|a, b| a.labels.cmp(&b.labels));
        series
    }

    /// Evaluates a query at `start`, and at every `step` after it until `end`.
    pub fn evaluate_range(
        &self,
        query: &Query,
        (start, end): (i64, i64),
        step: Duration,
        window: Duration,
    ) -> Vec<SampledRange> {
        let step = i64::try_from(step.as_millis()).unwrap_or(i64::MAX).max(1);
        let mut lines: BTreeMap<LabelPairs, Vec<Option<f64>>> = BTreeMap::new();
        let mut at = start;
        let mut steps = 0;
        while at <= end {
            for Sampled { labels, value } in self.evaluate(query, at, window) {
                let values = lines.entry(labels).or_default();
                values.resize(steps, None);
                values.push(Some(value));
            }
            steps += 1;
            at = at.saturating_add(step);
        }
        let line = |(labels, mut values): (LabelPairs, Vec<Option<f64>>)| {
            values.resize(steps, None);
            SampledRange { labels, values }
        };
        lines.into_iter().map(line).collect()
    }
}

impl Moment<'_> {
    fn expression(&self, expression: &Expression) -> Vec<Sampled> {
        match expression {
            Expression::Select(selector, part) => self.select(selector, *part),
            Expression::Range(function, selector, part, window) => {
                let window = match window {
                    Window::Panel => self.window,
                    Window::Of(duration) => *duration,
                };
                let start = self.at.saturating_sub(i64::try_from(window.as_millis()).unwrap_or(i64::MAX));
                let mut series = self.columns(selector, *part);
                series.retain_mut(|(column, _, value)| {
                    let samples: Vec<(i64, f64)> = self.samples(*column, start).collect();
                    over_time(*function, &samples, start, self.at).is_some_and(|result| {
                        *value = result;
                        true
                    })
                });
                series.into_iter().map(|(_, labels, value)| Sampled { labels, value }).collect()
            }
            Expression::Aggregate(aggregation, by, inner) => {
                aggregate(*aggregation, by, self.expression(inner))
            }
            Expression::Quantile(quantile, inner) => quantiles(*quantile, self.expression(inner)),
            Expression::Binary(operator, left, right) => {
                let right: HashMap<_, _> =
                    self.expression(right).into_iter().map(|series| (series.labels, series.value)).collect();
                let pair = |series: Sampled| {
                    let partner = right.get(&series.labels)?;
                    Some(Sampled { value: operator.of(series.value, *partner), ..series })
                };
                self.expression(left).into_iter().filter_map(pair).collect()
            }
            Expression::Scalar(operator, inner, number) => {
                self.map(inner, |value| Some(operator.of(value, *number)))
            }
            Expression::Complement(number, inner) => self.map(inner, |value| Some(number - value)),
            Expression::Compare(inner, comparison, limit) => {
                self.map(inner, |value| comparison.holds(value, *limit).then_some(value))
            }
            Expression::And(left, right) => {
                let right: HashSet<LabelPairs> =
                    self.expression(right).into_iter().map(|series| series.labels).collect();
                let mut left = self.expression(left);
                left.retain(|series| right.contains(&series.labels));
                left
            }
            Expression::Or(left, right) => {
                let mut left = self.expression(left);
                let known: HashSet<LabelPairs> = left.iter().map(|series| series.labels.clone()).collect();
                let mut right = self.expression(right);
                right.retain(|series| !known.contains(&series.labels));
                left.append(&mut right);
                left
            }
            Expression::Recorded(_, inner) => self.expression(inner),
        }
    }

    fn map(&self, inner: &Expression, f: impl Fn(f64) -> Option<f64>) -> Vec<Sampled> {
        let map = |series: Sampled| Some(Sampled { value: f(series.value)?, ..series });
        self.expression(inner).into_iter().filter_map(map).collect()
    }

    /// Returns the newest value of each series that is not older than the lookback and whose series has not ended.
    fn select(&self, selector: &Selector, part: Part) -> Vec<Sampled> {
        let newest = |(column, labels, _): (usize, _, _)| {
            let frame = self.history.frames_within(self.at - LOOKBACK, self.at).next_back()?;
            let value = frame.values.get(column).copied().filter(|value| !is_absent(*value))?;
            Some(Sampled { labels, value })
        };
        self.columns(selector, part).into_iter().filter_map(newest).collect()
    }

    fn samples(&self, column: usize, start: i64) -> impl Iterator<Item = (i64, f64)> {
        let sample = move |frame: &Frame| Some((frame.at, *frame.values.get(column)?));
        self.history.frames_within(start, self.at).filter_map(sample).filter(|(_, value)| !is_absent(*value))
    }

    /// Returns the columns that the selector selects, with the labels of their series.
    fn columns(&self, selector: &Selector, part: Part) -> Vec<Selected> {
        let Some(columns) = self.history.families.get(&selector.family().name) else { return Vec::new() };
        let mut found = Vec::new();
        for &at in columns {
            let Some(column) = self.history.columns.get(at) else { continue };
            let is_part = match (part, column.sample) {
                (Part::Value, Sample::Value)
                | (Part::Count, Sample::Count)
                | (Part::Sum, Sample::Sum)
                | (Part::Buckets, Sample::Bucket(_)) => true,
                (Part::Bucket(bound), Sample::Bucket(bits)) => bound.to_bits() == bits,
                _ => false,
            };
            let value_of = |label: &str| {
                column.labels.iter().find(|(name, _)| name == label).map_or("", |(_, value)| value.as_str())
            };
            let accepts = |matcher: &Matcher| matcher.accepts(value_of(&matcher.label));
            if !is_part || !selector.matchers().iter().all(accepts) {
                continue;
            }
            found.push((at, column.shown.clone(), 0.0));
        }
        found
    }
}

fn quantiles(wanted: f64, series: Vec<Sampled>) -> Vec<Sampled> {
    let mut groups: BTreeMap<LabelPairs, Vec<(f64, f64)>> = BTreeMap::new();
    for Sampled { mut labels, value } in series {
        let Some(at) = labels.iter().position(|(name, _)| name == "le") else { continue };
        let (_, edge) = labels.remove(at);
        let Ok(edge) = edge.parse::<f64>() else { continue };
        groups.entry(labels).or_default().push((edge, value));
    }
    let quantile = |(labels, mut buckets): (LabelPairs, Vec<(f64, f64)>)| {
        let value = quantile::of_buckets(wanted, &mut buckets);
        Sampled { labels, value }
    };
    groups.into_iter().map(quantile).collect()
}
