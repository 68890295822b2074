//! Export of a history as OpenMetrics.

use super::{Column, Frame, History, Sample, is_absent};
use crate::query::{ExampleSeries, is_plain, quoted};
use std::{
    collections::{BTreeMap, VecDeque},
    fmt::Write as _,
    sync::Arc,
};
use tallymark_core::{
    Kind, Number,
    snapshot::{Family, Series, Snapshot, Value},
};

/// The least number of bytes of a chunk, except for the last one.
const CHUNK: usize = 64 << 10;

/// The samples of a [`History`] as OpenMetrics with timestamps, chunk by chunk.
///
/// It holds the samples of the moment at which it was made; what the history forgets meanwhile takes memory until it is dropped.
#[derive(Debug)]
pub struct Export {
    /// Sorted by family.
    columns: std::vec::IntoIter<(usize, Column)>,
    frames: VecDeque<Arc<Frame>>,
    is_over: bool,
}

impl History {
    /// Returns all samples as OpenMetrics with timestamps, chunk by chunk.
    pub fn export(&self) -> Export {
        let mut columns: Vec<(usize, Column)> = self.columns.iter().cloned().enumerate().collect();
        columns.sort_by(|(_, a), (_, b)| a.family.cmp(&b.family));
        Export { columns: columns.into_iter(), frames: self.frames.clone(), is_over: false }
    }

    /// Writes all samples as OpenMetrics with timestamps, from which `promtool tsdb create-blocks-from openmetrics`
    /// creates the blocks of a Prometheus server.
    pub fn to_openmetrics(&self) -> String {
        self.export().collect()
    }
}

impl Iterator for Export {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        if self.is_over {
            return None;
        }
        let mut text = String::new();
        while text.len() < CHUNK {
            let Some((at, column)) = self.columns.next() else {
                self.is_over = true;
                text.push_str("# EOF\n");
                break;
            };
            self.write(&mut text, at, &column);
        }
        Some(text)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.is_over { (0, Some(0)) } else { (1, None) }
    }
}

impl Export {
    fn write(&self, text: &mut String, at: usize, column: &Column) {
        let mut labels: Vec<String> = column
            .labels
            .iter()
            .map(|(name, value)| {
                let name = if is_plain(name) { name.clone() } else { quoted(name) };
                format!("{name}={}", quoted(value))
            })
            .collect();
        let suffix = match column.sample {
            Sample::Value => "",
            Sample::Count => "_count",
            Sample::Sum => "_sum",
            Sample::Bucket(bits) => {
                labels.push(format!("le=\"{}\"", edge(f64::from_bits(bits))));
                "_bucket"
            }
            Sample::Quantile(bits) => {
                labels.push(format!("quantile=\"{}\"", edge(f64::from_bits(bits))));
                ""
            }
        };
        let mut name = format!("{}{suffix}", column.family);
        if !is_plain(&name) {
            labels.insert(0, quoted(&name));
            name.clear();
        }
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        for frame in &self.frames {
            if let Some(value) = frame.values.get(at).filter(|value| !is_absent(**value)) {
                let (seconds, rest) = (frame.at.div_euclid(1_000), frame.at.rem_euclid(1_000));
                let value = crate::query::number(*value);
                let _ = writeln!(text, "{name}{labels} {value} {seconds}.{rest:03}");
            }
        }
    }
}

/// Returns the value of `le` in OpenMetrics, in which whole numbers have a decimal point.
pub(crate) fn edge(bound: f64) -> String {
    let text = crate::query::number(bound);
    if bound.is_finite() && !text.contains('.') { text + ".0" } else { text }
}

impl History {
    /// Returns a snapshot that has the same label sets as the oldest one, and no values: what label values are compared with.
    pub fn oldest_label_sets(&self) -> Snapshot {
        let Some(frame) = self.frames.front() else { return Snapshot::default() };
        let mut families: BTreeMap<&str, Vec<Series>> = BTreeMap::new();
        for (column, value) in self.columns.iter().zip(&frame.values) {
            // One sample of each series is enough.
            if !is_absent(*value) && matches!(column.sample, Sample::Value | Sample::Count) {
                let series = Series::new(column.labels.to_vec(), Value::Number(Number::F64(0.0)));
                families.entry(&column.family).or_default().push(series);
            }
        }
        let family = |(name, series): (&str, Vec<Series>)| Family {
            name: name.to_owned(),
            help: String::new(),
            kind: Kind::Unknown,
            unit: None,
            series,
        };
        Snapshot::new(families.into_iter().map(family).collect())
    }

    /// The samples of two snapshots that were taken a minute apart, as series with a steady growth.
    pub(crate) fn steps(&self, minutes: f64) -> Vec<ExampleSeries> {
        let value = |frame: usize, column: usize| {
            let value = self.frames.get(frame).and_then(|frame| frame.values.get(column)).copied();
            value.filter(|value| !is_absent(*value)).unwrap_or(0.0)
        };
        let mut series = Vec::new();
        for (at, column) in self.columns.iter().enumerate() {
            let mut labels = column.labels.to_vec();
            let suffix = match column.sample {
                Sample::Value => "",
                Sample::Count => "_count",
                Sample::Sum => "_sum",
                Sample::Bucket(bits) => {
                    labels.push(("le".to_owned(), edge(f64::from_bits(bits))));
                    "_bucket"
                }
                Sample::Quantile(_) => continue,
            };
            let start = value(0, at);
            let per_minute = (value(1, at) - start) / minutes;
            series.push(ExampleSeries {
                name: format!("{}{suffix}", column.family),
                labels,
                start,
                per_minute,
            });
        }
        series
    }
}
