//! Queries whose series have been looked up, so that evaluating them again costs no more than their numbers.

use super::{
    Column, Frame, History, Sample, is_absent, over_time::over_time, quantile, sampled::LabelPairs, shown,
};
use crate::query::{Aggregation, Arithmetic, Expression, Matcher, OverTime, Part, Query, Selector, Window};
use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};
use tallymark_rules::Comparison;

/// How long a sample is used after its scrape, in milliseconds: the default of Prometheus' `query.lookback-delta`.
const LOOKBACK: i64 = 5 * 60 * 1_000;

/// A query whose series were looked up in a [`History`].
///
/// Which series there are, and how they are grouped and paired, is worked out once. Evaluating the query at a moment then costs as
/// much as it has samples within its window, however long the history is.
///
/// ```
/// use std::time::Duration;
/// use tallymark_panels::{Catalogue, History, Selector, Window};
///
/// let mut history = History::new(4 << 20);
/// for second in 0..10 {
///     history.push(1_000 * second, &tallymark_core::registry::snapshot());
/// }
/// let catalogue = Catalogue::current();
/// let rate = Selector::new(catalogue.get("tallymark_conflicts_total")?).rate(Window::minutes(1))?;
/// let mut prepared = history.prepare(&rate);
/// assert_eq!(prepared.labels().len(), 1);
/// assert_eq!(prepared.values(&history, 9_000, Duration::from_secs(60)), [Some(0.0)]);
/// // No series was added meanwhile.
/// assert!(!prepared.refresh(&history));
/// # Ok::<_, tallymark_panels::QueryError>(())
/// ```
#[derive(Debug)]
pub struct PreparedQuery {
    query: Query,
    generation: u64,
    root: Node,
    labels: Vec<LabelPairs>,
}

impl History {
    /// Looks up the series of a query.
    pub fn prepare(&self, query: &Query) -> PreparedQuery {
        let (root, labels) = self.node(&query.0);
        PreparedQuery { query: query.clone(), generation: self.generation, root, labels }
    }
}

impl PreparedQuery {
    /// Returns the labels of its series, each sorted by name and without the name of a metric.
    pub fn labels(&self) -> &[Vec<(String, String)>] {
        &self.labels
    }

    /// Looks its series up again if the history has other ones by now. Returns whether there are other ones.
    pub fn refresh(&mut self, history: &History) -> bool {
        if self.generation == history.generation {
            return false;
        }
        let (root, labels) = history.node(&self.query.0);
        let changed = labels != self.labels;
        *self = Self { query: self.query.clone(), generation: history.generation, root, labels };
        changed
    }

    /// Evaluates it at a moment, in milliseconds since the beginning of 1970. `window` is the duration of [`Window::Panel`].
    ///
    /// Returns one value for each of its [`labels`](Self::labels), `None` for a series that has none at that moment. The series
    /// are those of the last [refresh](Self::refresh); if the history has other ones by now, they are looked up here.
    pub fn values(&mut self, history: &History, at: i64, window: Duration) -> Vec<Option<f64>> {
        self.refresh(history);
        Moment { history, at, window }.values(&self.root)
    }
}

/// The series of a part of a query, by places: of columns, or of the series of the parts below.
#[derive(Debug)]
enum Node {
    /// The newest value of each column.
    Newest(Vec<usize>),
    /// A function of the values of each column within a window.
    Range(OverTime, Vec<usize>, Window),
    /// The number of groups, and the group of each series.
    Aggregate(Aggregation, Box<Node>, usize, Vec<usize>),
    /// For each quantile the edges of its buckets, and their series.
    Quantile(f64, Box<Node>, Vec<Vec<(f64, usize)>>),
    Pairs(Arithmetic, Box<Node>, Box<Node>, Vec<(usize, usize)>),
    Each(Each, Box<Node>),
    /// For each series of the left side that of the right side with the same labels.
    And(Box<Node>, Box<Node>, Vec<Option<usize>>),
    /// The series of the left side, and that of the right side which is taken while it has no value.
    Or(Box<Node>, Box<Node>, Vec<(Option<usize>, Option<usize>)>),
}

/// What is done with each value.
#[derive(Debug)]
enum Each {
    Scalar(Arithmetic, f64),
    Complement(f64),
    Age,
    Compare(Comparison, f64),
}

impl Each {
    /// `at` is the moment of the evaluation, in milliseconds since 1970.
    fn of(&self, value: f64, at: i64) -> Option<f64> {
        match *self {
            Self::Scalar(operator, number) => Some(operator.of(value, number)),
            Self::Complement(number) => Some(number - value),
            Self::Age => Some(at as f64 / 1_000.0 - value),
            Self::Compare(comparison, limit) => comparison.holds(value, limit).then_some(value),
        }
    }
}

impl History {
    fn node(&self, expression: &Expression) -> (Node, Vec<LabelPairs>) {
        match expression {
            Expression::Select(selector, part) => {
                let (columns, labels) = self.columns(selector, *part);
                (Node::Newest(columns), labels)
            }
            Expression::Range(function, selector, part, window) => {
                let (columns, labels) = self.columns(selector, *part);
                (Node::Range(*function, columns, *window), labels)
            }
            Expression::Aggregate(aggregation, by, inner) => {
                let (inner, labels) = self.node(inner);
                let (groups, places) = group(by, labels);
                (Node::Aggregate(*aggregation, Box::new(inner), groups.len(), places), groups)
            }
            Expression::Quantile(quantile, inner) => {
                let (inner, labels) = self.node(inner);
                let (quantiles, labels) = by_edges(labels);
                (Node::Quantile(*quantile, Box::new(inner), quantiles), labels)
            }
            Expression::Binary(operator, left, right) => {
                let ((left, left_labels), (right, right_labels)) = (self.node(left), self.node(right));
                let places = places(&right_labels);
                let (mut pairs, mut labels) = (Vec::new(), Vec::new());
                for (at, series) in left_labels.into_iter().enumerate() {
                    if let Some(&partner) = places.get(&series) {
                        pairs.push((at, partner));
                        labels.push(series);
                    }
                }
                (Node::Pairs(*operator, Box::new(left), Box::new(right), pairs), labels)
            }
            Expression::Scalar(operator, inner, number) => self.each(Each::Scalar(*operator, *number), inner),
            Expression::Complement(number, inner) => self.each(Each::Complement(*number), inner),
            Expression::Age(inner) => self.each(Each::Age, inner),
            Expression::Compare(inner, comparison, limit) => {
                self.each(Each::Compare(*comparison, *limit), inner)
            }
            Expression::And(left, right) => {
                let ((left, labels), (right, right_labels)) = (self.node(left), self.node(right));
                let places = places(&right_labels);
                let partners = labels.iter().map(|series| places.get(series).copied()).collect();
                (Node::And(Box::new(left), Box::new(right), partners), labels)
            }
            Expression::Or(left, right) => {
                let ((left, mut labels), (right, right_labels)) = (self.node(left), self.node(right));
                let known = places(&labels);
                let mut sources: Vec<_> = (0..labels.len()).map(|at| (Some(at), None)).collect();
                let mut more = Vec::new();
                for (at, series) in right_labels.into_iter().enumerate() {
                    match known.get(&series).and_then(|place| sources.get_mut(*place)) {
                        Some((_, right)) => *right = Some(at),
                        None => more.push((at, series)),
                    }
                }
                for (at, series) in more {
                    sources.push((None, Some(at)));
                    labels.push(series);
                }
                (Node::Or(Box::new(left), Box::new(right), sources), labels)
            }
            Expression::Recorded(_, inner) => self.node(inner),
        }
    }

    fn each(&self, each: Each, inner: &Expression) -> (Node, Vec<LabelPairs>) {
        let (inner, labels) = self.node(inner);
        (Node::Each(each, Box::new(inner)), labels)
    }

    /// Returns the columns that the selector selects, and the labels of their series.
    fn columns(&self, selector: &Selector, part: Part) -> (Vec<usize>, Vec<LabelPairs>) {
        let columns = self.families.get(selector.family().name.as_str()).map_or(&[][..], Vec::as_slice);
        let selected = |at: &usize| {
            let column = self.columns.get(*at)?;
            let is_part = match (part, column.sample) {
                (Part::Value, Sample::Value)
                | (Part::Count, Sample::Count)
                | (Part::Sum, Sample::Sum)
                | (Part::Buckets, Sample::Bucket(_)) => true,
                (Part::Bucket(bound), Sample::Bucket(bits)) => bound.to_bits() == bits,
                _ => false,
            };
            let accepts = |matcher: &Matcher| matcher.accepts(value_of(column, &matcher.label));
            (is_part && selector.matchers().iter().all(accepts)).then(|| (*at, shown(column)))
        };
        columns.iter().filter_map(selected).unzip()
    }
}

fn value_of<'a>(column: &'a Column, label: &str) -> &'a str {
    column.labels.iter().find(|(name, _)| name == label).map_or("", |(_, value)| value)
}

fn places(labels: &[LabelPairs]) -> HashMap<&LabelPairs, usize> {
    labels.iter().enumerate().map(|(at, labels)| (labels, at)).collect()
}

/// Returns the labels of each group, and the group of each series.
fn group(by: &[String], series: Vec<LabelPairs>) -> (Vec<LabelPairs>, Vec<usize>) {
    let mut groups: Vec<LabelPairs> = Vec::new();
    let mut index = HashMap::new();
    let place = |labels: LabelPairs| {
        // Prometheus treats an empty label value as an absent label.
        let labels: LabelPairs =
            labels.into_iter().filter(|(name, value)| by.contains(name) && !value.is_empty()).collect();
        *index.entry(labels).or_insert_with_key(|labels| {
            groups.push(labels.clone());
            groups.len() - 1
        })
    };
    let places = series.into_iter().map(place).collect();
    (groups, places)
}

/// Returns the edges and series of each histogram, and its labels.
fn by_edges(series: Vec<LabelPairs>) -> (Vec<Vec<(f64, usize)>>, Vec<LabelPairs>) {
    let mut histograms: BTreeMap<LabelPairs, Vec<(f64, usize)>> = BTreeMap::new();
    for (place, mut labels) in series.into_iter().enumerate() {
        let Some(at) = labels.iter().position(|(name, _)| name == "le") else { continue };
        let (_, edge) = labels.remove(at);
        let Ok(edge) = edge.parse::<f64>() else { continue };
        histograms.entry(labels).or_default().push((edge, place));
    }
    let (labels, edges) = histograms.into_iter().unzip();
    (edges, labels)
}

/// The moment at which a query is evaluated.
struct Moment<'a> {
    history: &'a History,
    /// Milliseconds since 1970.
    at: i64,
    /// The duration of [`Window::Panel`].
    window: Duration,
}

impl Moment<'_> {
    fn values(&self, node: &Node) -> Vec<Option<f64>> {
        let at = |values: &[Option<f64>], place: usize| values.get(place).copied().flatten();
        match node {
            Node::Newest(columns) => self.newest(columns),
            Node::Range(function, columns, window) => self.range(*function, columns, *window),
            Node::Aggregate(aggregation, inner, groups, places) => {
                aggregate(*aggregation, *groups, places, &self.values(inner))
            }
            Node::Quantile(wanted, inner, histograms) => {
                let values = self.values(inner);
                let mut buckets = Vec::new();
                let quantile = |edges: &Vec<(f64, usize)>| {
                    buckets.clear();
                    buckets
                        .extend(edges.iter().filter_map(|(edge, place)| Some((*edge, at(&values, *place)?))));
                    (!buckets.is_empty()).then(|| quantile::of_buckets(*wanted, &mut buckets))
                };
                histograms.iter().map(quantile).collect()
            }
            Node::Pairs(operator, left, right, pairs) => {
                let (left, right) = (self.values(left), self.values(right));
                let pair = |(l, r): &(usize, usize)| Some(operator.of(at(&left, *l)?, at(&right, *r)?));
                pairs.iter().map(pair).collect()
            }
            Node::Each(each, inner) => {
                self.values(inner).into_iter().map(|value| each.of(value?, self.at)).collect()
            }
            Node::And(left, right, partners) => {
                let (left, right) = (self.values(left), self.values(right));
                let both = |(value, partner): (Option<f64>, &Option<usize>)| {
                    value.filter(|_| partner.is_some_and(|partner| at(&right, partner).is_some()))
                };
                left.into_iter().zip(partners).map(both).collect()
            }
            Node::Or(left, right, sources) => {
                let (left, right) = (self.values(left), self.values(right));
                let either = |(l, r): &(Option<usize>, Option<usize>)| {
                    l.and_then(|place| at(&left, place)).or_else(|| r.and_then(|place| at(&right, place)))
                };
                sources.iter().map(either).collect()
            }
        }
    }

    /// Returns the value of each column in the newest frame that is not older than the lookback.
    fn newest(&self, columns: &[usize]) -> Vec<Option<f64>> {
        let newest = self.history.frames_within(self.at.saturating_sub(LOOKBACK), self.at).next_back();
        let value = |column: &usize| newest?.values.get(*column).copied().filter(|value| !is_absent(*value));
        columns.iter().map(value).collect()
    }

    fn range(&self, function: OverTime, columns: &[usize], window: Window) -> Vec<Option<f64>> {
        let window = match window {
            Window::Panel => self.window,
            Window::Of(duration) => duration,
        };
        let start = self.at.saturating_sub(i64::try_from(window.as_millis()).unwrap_or(i64::MAX));
        let frames: Vec<&Frame> = self.history.frames_within(start, self.at).collect();
        let mut samples = Vec::with_capacity(frames.len());
        let mut over = |column: &usize| {
            samples.clear();
            let sample = |frame: &&Frame| Some((frame.at, *frame.values.get(*column)?));
            samples.extend(frames.iter().filter_map(sample).filter(|(_, value)| !is_absent(*value)));
            over_time(function, &samples, start, self.at)
        };
        columns.iter().map(&mut over).collect()
    }
}

fn aggregate(
    aggregation: Aggregation,
    groups: usize,
    places: &[usize],
    values: &[Option<f64>],
) -> Vec<Option<f64>> {
    let mut results = vec![None; groups];
    for (place, value) in places.iter().zip(values) {
        let (Some(result), Some(value)) = (results.get_mut(*place), *value) else { continue };
        *result = Some(match (aggregation, *result) {
            (Aggregation::Sum, before) => before.unwrap_or(0.0) + value,
            (Aggregation::Count, before) => before.unwrap_or(0.0) + 1.0,
            (Aggregation::Max, Some(before)) if before >= value || value.is_nan() => before,
            (Aggregation::Min, Some(before)) if before <= value || value.is_nan() => before,
            (Aggregation::Max | Aggregation::Min, _) => value,
        });
    }
    results
}
