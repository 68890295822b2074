//! Protobuf: one `MetricFamily` message for each family, each after its length.
//!
//! Source: `io/prometheus/client/metrics.proto` of Prometheus' client model. Fields are written in the order of their
//! numbers.

mod wire;

use super::{Escaping, escaping::is_plain_label, names};
use crate::{
    descriptor::Kind,
    visit::{Head, HistogramPoint, Labels, Number, SummaryPoint, Visitor},
};
use std::borrow::Cow;

/// The numbers of fields, by message.
mod field {
    pub(super) mod family {
        pub(in super::super) const NAME: u32 = 1;
        pub(in super::super) const HELP: u32 = 2;
        pub(in super::super) const TYPE: u32 = 3;
        pub(in super::super) const METRIC: u32 = 4;
        pub(in super::super) const UNIT: u32 = 5;
    }
    pub(super) mod metric {
        pub(in super::super) const LABEL: u32 = 1;
        pub(in super::super) const GAUGE: u32 = 2;
        pub(in super::super) const COUNTER: u32 = 3;
        pub(in super::super) const SUMMARY: u32 = 4;
        pub(in super::super) const UNTYPED: u32 = 5;
        pub(in super::super) const HISTOGRAM: u32 = 7;
    }
    /// Of labels: name and value. Of quantiles: quantile and value.
    pub(super) mod pair {
        pub(in super::super) const FIRST: u32 = 1;
        pub(in super::super) const SECOND: u32 = 2;
    }
    /// Of counters, gauges and untyped metrics.
    pub(super) mod number {
        pub(in super::super) const VALUE: u32 = 1;
    }
    /// Of histograms and summaries.
    pub(super) mod point {
        pub(in super::super) const COUNT: u32 = 1;
        pub(in super::super) const SUM: u32 = 2;
        /// The buckets of histograms, the quantiles of summaries.
        pub(in super::super) const PARTS: u32 = 3;
    }
    pub(super) mod bucket {
        pub(in super::super) const CUMULATED: u32 = 1;
        pub(in super::super) const BOUND: u32 = 2;
    }
}

use field::{bucket, family, metric, number, pair, point};

/// Writes families and series as protobuf.
pub(super) struct ProtobufEncoder {
    out: Vec<u8>,
    escaping: Escaping,
    /// The present family, without its length, and whether it has a series.
    family: Vec<u8>,
    shown: bool,
    kind: Kind,
    unit: Option<String>,
    /// The name of the label that holds the states of a state set.
    state: String,
    /// The constant labels as fields, and their names.
    constant: Vec<u8>,
    constant_names: Vec<String>,
}

impl ProtobufEncoder {
    pub(super) fn new(escaping: Escaping, out: Vec<u8>) -> Self {
        Self {
            out,
            escaping,
            family: Vec::new(),
            shown: false,
            kind: Kind::Unknown,
            unit: None,
            state: String::new(),
            constant: Vec::new(),
            constant_names: Vec::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.out.len()
    }

    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.close();
        self.out
    }

    /// Ends the present family.
    fn close(&mut self) {
        if std::mem::take(&mut self.shown) {
            if let Some(unit) = &self.unit {
                wire::text(&mut self.family, family::UNIT, unit);
            }
            wire::varint(&mut self.out, self.family.len() as u64);
            self.out.extend_from_slice(&self.family);
        }
        self.family.clear();
    }

    /// Writes one series: its labels, perhaps one more, and what `write` writes.
    fn metric(&mut self, labels: Labels<'_>, extra: Option<&str>, write: impl FnOnce(&mut Vec<u8>)) {
        self.shown = true;
        let (escaping, constant, constant_names) = (self.escaping, &self.constant, &self.constant_names);
        let state = &self.state;
        wire::message(&mut self.family, family::METRIC, |to| {
            to.extend_from_slice(constant);
            let plain = constant_names.is_empty() && labels.names().iter().all(|name| is_plain_label(name));
            let mut taken = if plain { Vec::new() } else { constant_names.clone() };
            for (name, value) in labels.iter() {
                let name = if plain {
                    Cow::Borrowed(name)
                } else {
                    let name = names::unique(escaping.label_name(name), &taken);
                    taken.push(name.clone());
                    Cow::Owned(name)
                };
                label(to, &name, value);
            }
            if let Some(value) = extra {
                label(to, state, value);
            }
            write(to);
        });
    }
}

fn label(to: &mut Vec<u8>, name: &str, value: &str) {
    wire::message(to, metric::LABEL, |to| {
        wire::text(to, pair::FIRST, name);
        wire::text(to, pair::SECOND, value);
    });
}

/// The number of a kind in the enumeration `MetricType`, and of the field that holds its value.
const fn type_of(kind: Kind) -> (i64, u32) {
    match kind {
        Kind::Counter => (0, metric::COUNTER),
        Kind::Gauge | Kind::Info | Kind::StateSet => (1, metric::GAUGE),
        Kind::Summary => (2, metric::SUMMARY),
        Kind::Unknown => (3, metric::UNTYPED),
        Kind::Histogram => (4, metric::HISTOGRAM),
    }
}

impl Visitor for ProtobufEncoder {
    fn family(&mut self, head: &Head<'_>) {
        self.close();
        let name = self.escaping.metric_name(head.name);
        wire::text(&mut self.family, family::NAME, &name);
        if !head.help.is_empty() {
            wire::text(&mut self.family, family::HELP, head.help);
        }
        wire::integer(&mut self.family, family::TYPE, type_of(head.kind).0);
        let unit = head.unit.filter(|_| !matches!(head.kind, Kind::Info | Kind::StateSet));
        self.unit = unit.map(ToOwned::to_owned);
        self.kind = head.kind;
        self.state = self.escaping.label_name(head.name);
        self.constant.clear();
        self.constant_names.clear();
        for (name, value) in head.constant {
            let name = names::unique(self.escaping.label_name(name), &self.constant_names);
            label(&mut self.constant, &name, value);
            self.constant_names.push(name);
        }
    }

    fn number(&mut self, labels: Labels<'_>, value: Number) {
        let field = type_of(self.kind).1;
        self.metric(labels, None, |to| {
            wire::message(to, field, |to| wire::double(to, number::VALUE, value.as_f64()));
        });
    }

    fn histogram(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>) {
        self.metric(labels, None, |to| {
            wire::message(to, metric::HISTOGRAM, |to| {
                wire::unsigned(to, point::COUNT, point.count());
                wire::double(to, point::SUM, point.sum);
                let mut total = 0_u64;
                for (&bound, &count) in point.bounds.iter().zip(point.counts) {
                    total = total.wrapping_add(count);
                    wire::message(to, point::PARTS, |to| {
                        wire::unsigned(to, bucket::CUMULATED, total);
                        wire::double(to, bucket::BOUND, bound);
                    });
                }
            });
        });
    }

    fn summary(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>) {
        self.metric(labels, None, |to| {
            wire::message(to, metric::SUMMARY, |to| {
                wire::unsigned(to, point::COUNT, point.count);
                wire::double(to, point::SUM, point.sum);
                for &(quantile, value) in point.quantiles {
                    wire::message(to, point::PARTS, |to| {
                        wire::double(to, pair::FIRST, quantile);
                        wire::double(to, pair::SECOND, value);
                    });
                }
            });
        });
    }

    fn states(&mut self, labels: Labels<'_>, states: &[&str], current: usize) {
        for (index, state) in states.iter().enumerate() {
            let value = f64::from(u8::from(index == current));
            self.metric(labels, Some(state), |to| {
                wire::message(to, metric::GAUGE, |to| wire::double(to, number::VALUE, value));
            });
        }
    }
}
