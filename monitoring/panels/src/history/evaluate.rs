//! Evaluation of queries at one moment and over time.

use super::{
    History,
    sampled::{LabelPairs, Sampled, SampledRange},
};
use crate::query::Query;
use std::{collections::BTreeMap, time::Duration};

impl History {
    /// Evaluates a query at a moment, in milliseconds since the beginning of 1970. `window` is the duration of [`Window::Panel`].
    ///
    /// [`Window::Panel`]: crate::Window::Panel
    pub fn evaluate(&self, query: &Query, at: i64, window: Duration) -> Vec<Sampled> {
        let mut prepared = self.prepare(query);
        let values = prepared.values(self, at, window);
        let sampled = |(labels, value): (&LabelPairs, Option<f64>)| {
            Some(Sampled { labels: labels.clone(), value: value? })
        };
        let mut series: Vec<Sampled> = prepared.labels().iter().zip(values).filter_map(sampled).collect();
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
        let mut prepared = self.prepare(query);
        let mut lines: BTreeMap<LabelPairs, Vec<Option<f64>>> = BTreeMap::new();
        let mut at = start;
        let mut steps = 0;
        while at <= end {
            let values = prepared.values(self, at, window);
            for (labels, value) in prepared.labels().iter().zip(values) {
                if value.is_none() {
                    continue;
                }
                if !lines.contains_key(labels) {
                    lines.insert(labels.clone(), Vec::new());
                }
                if let Some(line) = lines.get_mut(labels) {
                    line.resize(steps, None);
                    line.push(value);
                }
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
