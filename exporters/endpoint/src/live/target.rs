//! One query of a panel, and what it gave at each moment.

use std::{
    cmp::Ordering,
    collections::{HashMap, VecDeque},
    time::Duration,
};

use tallymark_panels::{History, PanelKind, PreparedQuery, Query};

use super::json::Json;

/// Lines of one query that are kept. The history has the rest.
const MOST_KEPT: usize = 200;

/// Lines of one query that are shown, so that each can be told from the others.
const MOST_SHOWN: usize = 12;

/// Rows of a table.
const MOST_ROWS: usize = 100;

/// A query of a panel.
#[derive(Debug)]
pub(super) struct Target {
    legend: String,
    kind: PanelKind,
    query: PreparedQuery,
    lines: Vec<Line>,
    /// The line of each series of the query, if it is kept.
    places: Vec<Option<usize>>,
    /// The lines that are shown, in this order.
    shown: Vec<usize>,
}

/// One series of the query's result.
#[derive(Debug)]
struct Line {
    labels: Vec<(String, String)>,
    /// One for each moment of the board; NaN where it has none.
    values: VecDeque<f64>,
}

impl Target {
    /// Evaluates a query at all these moments.
    pub(super) fn new(
        history: &History,
        (legend, query): (&str, &Query),
        kind: PanelKind,
        times: &VecDeque<i64>,
        window: Duration,
    ) -> Self {
        let query = history.prepare(query);
        let mut target = Self {
            legend: legend.to_owned(),
            kind,
            query,
            lines: Vec::new(),
            places: Vec::new(),
            shown: Vec::new(),
        };
        target.place_lines(0);
        for (at, time) in times.iter().enumerate() {
            target.evaluate(history, *time, at, window);
        }
        target.rank();
        target
    }

    /// Adds the values of a further moment. Returns whether there are other series than before.
    pub(super) fn push(&mut self, history: &History, time: i64, moments: usize, window: Duration) -> bool {
        let changed = self.query.refresh(history);
        if changed {
            self.place_lines(moments);
        }
        self.evaluate(history, time, moments, window);
        changed
    }

    /// Removes the values of the oldest moment.
    pub(super) fn pop(&mut self) {
        for line in &mut self.lines {
            line.values.pop_front();
        }
    }

    fn evaluate(&mut self, history: &History, time: i64, moments: usize, window: Duration) {
        let values = self.query.values(history, time, window);
        for (place, value) in self.places.iter().zip(values) {
            if let Some(line) = place.and_then(|place| self.lines.get_mut(place)) {
                line.values.push_back(value.unwrap_or(f64::NAN));
            }
        }
        for line in &mut self.lines {
            line.values.resize(moments + 1, f64::NAN);
        }
    }

    /// Finds the line of each series. What the series had before is kept, and those that are gone are removed.
    fn place_lines(&mut self, moments: usize) {
        let mut known: HashMap<Vec<(String, String)>, VecDeque<f64>> =
            self.lines.drain(..).map(|line| (line.labels, line.values)).collect();
        self.places.clear();
        for labels in self.query.labels() {
            let place = (self.lines.len() < MOST_KEPT || self.is_whole()).then_some(self.lines.len());
            self.places.push(place);
            if place.is_some() {
                let mut values = known.remove(labels).unwrap_or_default();
                values.resize(moments, f64::NAN);
                self.lines.push(Line { labels: labels.clone(), values });
            }
        }
    }

    /// Whether all lines are needed, or none makes sense.
    fn is_whole(&self) -> bool {
        self.kind == PanelKind::Heatmap
    }

    /// Chooses the lines that are shown: those with the greatest values. Returns whether they are others than before.
    pub(super) fn rank(&mut self) -> bool {
        let weight = |line: &Line| {
            let values = line.values.iter().copied().filter(|value| !value.is_nan());
            values.fold((0.0, false), |(sum, any), value| (sum + value.abs(), any || value.is_finite()))
        };
        let mut ranked: Vec<(usize, f64)> = self
            .lines
            .iter()
            .enumerate()
            .filter_map(|(at, line)| {
                let (sum, any) = weight(line);
                (any || self.is_whole()).then_some((at, sum))
            })
            .collect();
        let most = match self.kind {
            PanelKind::Heatmap => usize::MAX,
            PanelKind::Table => MOST_ROWS,
            _ => MOST_SHOWN,
        };
        if ranked.len() > most {
            ranked.sort_by(|a, b| b.1.partial_cmp(&a.1).unwrap_or(Ordering::Equal));
            ranked.truncate(most);
        }
        let mut shown: Vec<usize> = ranked.into_iter().map(|(at, _)| at).collect();
        // By their labels, so that a line keeps its place; buckets by their edges.
        let edge = |at: &usize| self.lines.get(*at).and_then(Line::edge).unwrap_or(f64::INFINITY);
        let labels = |at: &usize| self.lines.get(*at).map(|line| &line.labels);
        if self.is_whole() {
            shown.sort_by(|a, b| edge(a).total_cmp(&edge(b)));
        } else {
            shown.sort_by(|a, b| labels(a).cmp(&labels(b)));
        }
        let changed = shown != self.shown;
        self.shown = shown;
        changed
    }

    /// Returns the number of series that are not shown.
    pub(super) fn hidden(&self) -> usize {
        let any = |line: &&Line| line.values.iter().any(|value| !value.is_nan());
        let there =
            self.lines.iter().filter(any).count() + self.places.iter().filter(|it| it.is_none()).count();
        there.saturating_sub(self.shown.len())
    }

    /// Returns the size in bytes.
    pub(super) fn bytes(&self) -> usize {
        let labels = |(name, value): &(String, String)| name.len() + value.len() + 2 * size_of::<String>();
        let line = |line: &Line| {
            // The query has the labels as well.
            2 * line.labels.iter().map(labels).sum::<usize>()
                + line.values.capacity() * size_of::<f64>()
                + size_of::<Line>()
        };
        self.lines.iter().map(line).sum::<usize>() + self.places.len() * size_of::<Option<usize>>()
    }

    /// Writes the lines that are shown, with all their values.
    pub(super) fn write_lines(&self, json: &mut Json, query: usize) {
        for line in self.shown.iter().filter_map(|at| self.lines.get(*at)) {
            json.object(|json| {
                json.key("query").size(query);
                json.key("name").string(&line.name(&self.legend));
                json.key("labels").object(|json| {
                    for (name, value) in &line.labels {
                        json.key(name).string(value);
                    }
                });
                json.key("values").array(|json| {
                    for value in &line.values {
                        json.number(*value);
                    }
                });
            });
        }
    }

    /// Writes the newest value of each line that is shown.
    pub(super) fn write_newest(&self, json: &mut Json) {
        for line in self.shown.iter().filter_map(|at| self.lines.get(*at)) {
            json.number(line.values.back().copied().unwrap_or(f64::NAN));
        }
    }
}

impl Line {
    /// Returns the edge of a bucket.
    fn edge(&self) -> Option<f64> {
        self.labels.iter().find(|(name, _)| name == "le")?.1.parse().ok()
    }

    /// Returns the legend with the values of the labels that it names.
    fn name(&self, legend: &str) -> String {
        let mut name = String::new();
        let mut rest = legend;
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((label, after)) = after.split_once("}}") else { break };
            name.push_str(before);
            let value = self.labels.iter().find(|(own, _)| own == label.trim());
            name.push_str(value.map_or("", |(_, value)| value));
            rest = after;
        }
        name.push_str(rest);
        if name.trim().is_empty() {
            let labels: Vec<String> =
                self.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
            return if labels.is_empty() { "value".to_owned() } else { labels.join(" ") };
        }
        name
    }
}
