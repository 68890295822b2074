//! The message of Remote Write 1.0.
//!
//! Source: Prometheus, "Remote-Write 1.0 specification", `prometheus.WriteRequest`. Of what its receivers have learned since,
//! nothing is sent.

use std::borrow::Cow;

use tallymark_core::encode::{Escaping, parts::wire};

use super::{counts::Counts, symbols::Symbols};

/// Fields of `WriteRequest` and `TimeSeries`, and of the pairs `Label` and `Sample`.
const TIMESERIES: u32 = 1;
const LABEL: u32 = 1;
const SAMPLE: u32 = 2;
const FIRST: u32 = 1;
const SECOND: u32 = 2;

/// The label that holds the name of a metric.
pub(super) const NAME: &str = "__name__";

/// A request that is being written.
#[derive(Default)]
pub(super) struct RequestV1 {
    bytes: Vec<u8>,
    pub(super) counts: Counts,
}

impl RequestV1 {
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Writes a series with one sample. Names of any characters are not part of 1.0: they are written with underscores.
    pub(super) fn push(&mut self, symbols: &Symbols, key: &[u32], value: f64, time: i64) {
        self.counts.samples += 1;
        let pairs = key.chunks_exact(2).filter_map(|pair| match pair {
            [name, value] => Some((symbols.text(*name), symbols.text(*value))),
            _ => None,
        });
        let mut labels: Vec<(Cow<'_, str>, Cow<'_, str>)> = pairs.map(escaped).collect();
        if labels.iter().any(|(name, _)| matches!(name, Cow::Owned(_))) {
            // Escaping changes the order, and two names may have become the same: the first is kept.
            labels.sort_by(|(left, _), (right, _)| left.cmp(right));
            labels.dedup_by(|(later, _), (earlier, _)| later == earlier);
        }
        wire::message(&mut self.bytes, TIMESERIES, |to| {
            for (name, value) in &labels {
                wire::message(to, LABEL, |to| {
                    wire::text(to, FIRST, name);
                    wire::text(to, SECOND, value);
                });
            }
            wire::message(to, SAMPLE, |to| {
                wire::double(to, FIRST, value);
                wire::integer(to, SECOND, time);
            });
        });
    }

    /// The request.
    pub(super) fn finish(&self) -> Vec<u8> {
        self.bytes.clone()
    }
}

fn escaped<'a>((name, value): (&'a str, &'a str)) -> (Cow<'a, str>, Cow<'a, str>) {
    if name == NAME {
        return (name.into(), unless_plain(value, Escaping::Underscores.metric_name(value)));
    }
    (unless_plain(name, Escaping::Underscores.label_name(name)), value.into())
}

fn unless_plain(text: &str, escaped: String) -> Cow<'_, str> {
    if text == escaped { Cow::Borrowed(text) } else { Cow::Owned(escaped) }
}
