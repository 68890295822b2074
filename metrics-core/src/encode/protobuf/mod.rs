//! Protobuf: one `MetricFamily` message for each family, each after its length.
//!
//! Source: `io/prometheus/client/metrics.proto` of Prometheus' client model. Fields are written in the order of their
//! numbers.

mod announced;
mod field;
mod histogram;
mod parts;
pub mod wire;

use super::{Escaping, escaping::is_plain_label, exposition::Exposition, names};
use crate::{
    descriptor::Kind,
    number::Number,
    visit::{Details, Head, HistogramPoint, Labels, SummaryPoint, Visitor},
};
use std::borrow::Cow;

use announced::Announced;
use field::{counter, family, metric, number, pair, summary};
pub use histogram::spans;
use parts::{label, write_exemplar, write_time};

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
    /// How long the head of the present family is.
    head: usize,
    announced: Announced,
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
            head: 0,
            announced: Announced::default(),
        }
    }

    /// Ends the present family.
    fn close(&mut self) {
        while self.fill() {}
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
        let begun = self.begin_metric(labels, extra);
        write(&mut self.family);
        wire::end(&mut self.family, begun);
        self.shown = !self.announced.take(&mut self.family, self.head, &mut self.out);
    }

    fn begin_metric(&mut self, labels: Labels<'_>, extra: Option<&str>) -> usize {
        self.shown = true;
        let to = &mut self.family;
        let begun = wire::begin(to, family::METRIC);
        to.extend_from_slice(&self.constant);
        let plain = self.constant_names.is_empty() && labels.names().iter().all(|name| is_plain_label(name));
        let mut taken = if plain { Vec::new() } else { self.constant_names.clone() };
        for (name, value) in labels.iter() {
            let name = if plain {
                Cow::Borrowed(name)
            } else {
                let name = names::unique(self.escaping.label_name(name), &taken);
                taken.push(name.clone());
                Cow::Owned(name)
            };
            label(to, &name, value);
        }
        if let Some(value) = extra {
            label(to, &self.state, value);
        }
        begun
    }
}

/// The number of a kind in the enumeration `MetricType`, and of the field that holds its value.
const fn type_of(kind: Kind) -> (i64, u32) {
    match kind {
        Kind::Counter => (0, metric::COUNTER),
        Kind::Gauge | Kind::Info | Kind::StateSet => (1, metric::GAUGE),
        Kind::Summary => (2, metric::SUMMARY),
        Kind::Histogram => (4, metric::HISTOGRAM),
        Kind::GaugeHistogram => (5, metric::HISTOGRAM),
        _ => (3, metric::UNTYPED),
    }
}

impl Exposition for ProtobufEncoder {
    fn visitor(&mut self) -> &mut dyn Visitor {
        self
    }

    fn len(&self) -> usize {
        self.out.len()
    }

    fn held(&self) -> usize {
        self.family.len()
    }

    fn announce(&mut self, show_rest: &mut dyn FnMut(&mut dyn Visitor)) {
        let held = std::mem::take(&mut self.family);
        self.family.extend(held.get(..self.head).unwrap_or_default());
        self.announced.begin_measuring();
        show_rest(self);
        let mut unit = Vec::new();
        if let Some(text) = &self.unit {
            wire::text(&mut unit, family::UNIT, text);
        }
        self.announced.announce(&[&held, &unit], &mut self.out);
        self.shown = false;
    }

    fn fill(&mut self) -> bool {
        self.announced.fill(&mut self.out)
    }

    fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    fn finish(mut self: Box<Self>) -> Vec<u8> {
        self.close();
        self.out
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
        self.head = self.family.len();
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
        self.number_with(labels, value, &Details::default());
    }

    fn histogram(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>) {
        self.histogram_with(labels, point, &Details::default());
    }

    fn summary(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>) {
        self.summary_with(labels, point, &Details::default());
    }

    fn number_with(&mut self, labels: Labels<'_>, value: Number, details: &Details<'_>) {
        let (kind, field) = (self.kind, type_of(self.kind).1);
        self.metric(labels, None, |to| {
            wire::message(to, field, |to| {
                wire::double(to, number::VALUE, value.as_f64());
                if kind == Kind::Counter {
                    if let Some(exemplar) = details.exemplars.iter().max_by_key(|exemplar| exemplar.at) {
                        write_exemplar(to, counter::EXEMPLAR, exemplar);
                    }
                    write_time(to, counter::CREATED, details.created);
                }
            });
        });
    }

    fn histogram_with(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>, details: &Details<'_>) {
        // A level has not counted since some moment.
        let created = details.created.filter(|_| self.kind != Kind::GaugeHistogram);
        let details = &Details { created, ..*details };
        self.metric(labels, None, |to| {
            wire::message(to, metric::HISTOGRAM, |to| histogram::write(to, &point, details));
        });
    }

    fn summary_with(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>, details: &Details<'_>) {
        self.metric(labels, None, |to| {
            wire::message(to, metric::SUMMARY, |to| {
                wire::unsigned(to, summary::COUNT, point.count);
                wire::double(to, summary::SUM, point.sum);
                for &(quantile, value) in point.quantiles {
                    wire::message(to, summary::QUANTILE, |to| {
                        wire::double(to, pair::FIRST, quantile);
                        wire::double(to, pair::SECOND, value);
                    });
                }
                write_time(to, summary::CREATED, details.created);
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
