//! Export of a history as OpenMetrics.

use super::{History, Sample, is_absent};
use crate::query::{ExampleSeries, is_plain, quoted};
use std::fmt::Write as _;

impl History {
    /// Writes all samples as OpenMetrics with timestamps, from which `promtool tsdb create-blocks-from openmetrics`
    /// creates the blocks of a Prometheus server.
    pub fn to_openmetrics(&self) -> String {
        let mut text = String::new();
        let mut families: Vec<(&String, &Vec<usize>)> = self.families.iter().collect();
        families.sort();
        for (name, columns) in families {
            for &at in columns {
                let Some(column) = self.columns.get(at) else { continue };
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
                let mut name = format!("{name}{suffix}");
                if !is_plain(&name) {
                    labels.insert(0, quoted(&name));
                    name.clear();
                }
                let labels =
                    if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
                for frame in &self.frames {
                    if let Some(value) = frame.values.get(at).filter(|value| !is_absent(**value)) {
                        let (seconds, rest) = (frame.at.div_euclid(1_000), frame.at.rem_euclid(1_000));
                        let value = crate::query::number(*value);
                        let _ = writeln!(text, "{name}{labels} {value} {seconds}.{rest:03}");
                    }
                }
            }
        }
        text.push_str("# EOF\n");
        text
    }
}

/// Returns the value of `le` in OpenMetrics, in which whole numbers have a decimal point.
pub(crate) fn edge(bound: f64) -> String {
    let text = crate::query::number(bound);
    if bound.is_finite() && !text.contains('.') { text + ".0" } else { text }
}

impl History {
    /// The samples of two snapshots that were taken a minute apart, as series with a steady growth.
    pub(crate) fn steps(&self, minutes: f64) -> Vec<ExampleSeries> {
        let value = |frame: usize, column: usize| {
            let value = self.frames.get(frame).and_then(|frame| frame.values.get(column)).copied();
            value.filter(|value| !is_absent(*value)).unwrap_or(0.0)
        };
        let mut series = Vec::new();
        for (at, column) in self.columns.iter().enumerate() {
            let mut labels = column.labels.clone();
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
