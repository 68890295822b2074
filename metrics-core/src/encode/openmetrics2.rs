//! OpenMetrics 2.0: one line for each series, whatever its kind.
//!
//! Source: OpenMetrics 2.0.0-rc0, "Text Format".

use super::{
    Escaping,
    escape::{self, Quotes},
    exposition::Exposition,
    names::{self, Names},
    number::{Digits, Whole},
    protobuf::spans,
};
use crate::{
    descriptor::Kind,
    exemplar::Exemplar,
    lint,
    native::NativeHistogram,
    number::Number,
    visit::{Details, Head, HistogramPoint, Labels, SummaryPoint, Visitor},
};
use std::time::Duration;

/// Writes families and series as OpenMetrics 2.0.
pub(super) struct OpenMetrics2Encoder {
    out: Vec<u8>,
    escaping: Escaping,
    /// Where the current family's head begins, until it has a series.
    pending: Option<usize>,
    kind: Kind,
    /// The name of the current family, which is that of its series as well; in quotes if it needs them.
    name: Vec<u8>,
    quoted: bool,
    /// The label that holds the states of a state set.
    state: Vec<u8>,
    /// The constant labels as they are written, and their names.
    constant: Vec<u8>,
    constant_names: Vec<String>,
    names: Names,
}

impl OpenMetrics2Encoder {
    pub(super) fn new(escaping: Escaping, out: Vec<u8>) -> Self {
        Self {
            out,
            escaping,
            pending: None,
            kind: Kind::Unknown,
            name: Vec::new(),
            quoted: false,
            state: Vec::new(),
            constant: Vec::new(),
            constant_names: Vec::new(),
            names: Names::default(),
        }
    }

    fn forget_pending(&mut self) {
        if let Some(start) = self.pending.take() {
            self.out.truncate(start);
        }
    }

    /// Writes the kind, the unit or the help text of the family.
    fn describe(&mut self, what: &[u8], text: &[u8]) {
        for part in [b"# ".as_slice(), what, b" ", &self.name, b" ", text, b"\n"] {
            self.out.extend_from_slice(part);
        }
    }

    /// Writes the name of a series and its labels, perhaps one more, and what separates them from the value.
    fn begin(&mut self, labels: Labels<'_>, extra: Option<&str>) {
        self.pending = None;
        if !self.names.are_of(labels) {
            self.names.write(labels, self.escaping, &self.constant_names);
        }
        // A name in quotes is the first between the braces.
        let mut before: &[u8] = b"{";
        if self.quoted {
            self.out.push(b'{');
            before = b",";
        }
        self.out.extend_from_slice(&self.name);
        if !self.constant.is_empty() {
            self.out.extend_from_slice(before);
            self.out.extend_from_slice(&self.constant);
            before = b",";
        }
        for (name, value) in self.names.written().iter().zip(labels.values()) {
            self.out.extend_from_slice(before);
            self.out.extend_from_slice(name);
            escape::append(&mut self.out, value, Quotes::Escape);
            self.out.push(b'"');
            before = b",";
        }
        if let Some(value) = extra {
            self.out.extend_from_slice(before);
            self.out.extend_from_slice(&self.state);
            self.out.extend_from_slice(b"=\"");
            escape::append(&mut self.out, value, Quotes::Escape);
            self.out.push(b'"');
            before = b",";
        }
        self.out.extend_from_slice(if before == b"{" { b" " } else { b"} " });
    }

    /// Writes what follows the value of a series that counts: since when, and what was observed.
    fn end(&mut self, details: &Details<'_>) {
        if let Some(created) = details.created {
            self.out.extend_from_slice(b" st@");
            seconds(&mut self.out, created);
        }
        let mut exemplars: Vec<&Exemplar> = details.exemplars.iter().collect();
        exemplars.sort_by_key(|exemplar| exemplar.at);
        for exemplar in exemplars {
            self.exemplar(exemplar);
        }
        self.out.push(b'\n');
    }

    fn exemplar(&mut self, exemplar: &Exemplar) {
        self.out.extend_from_slice(b" # {");
        for (at, (name, value)) in exemplar.labels.iter().enumerate() {
            if at > 0 {
                self.out.push(b',');
            }
            self.out.extend_from_slice(&names::quoted(name));
            self.out.extend_from_slice(b"=\"");
            escape::append(&mut self.out, value, Quotes::Escape);
            self.out.push(b'"');
        }
        self.out.extend_from_slice(b"} ");
        self.float(exemplar.value);
        self.out.push(b' ');
        seconds(&mut self.out, exemplar.at);
    }

    fn float(&mut self, value: f64) {
        self.out.extend_from_slice(Digits::new().float(value, Whole::Bare));
    }

    fn integer(&mut self, value: u64) {
        self.out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
    }

    /// Writes the beginning of the value of a histogram or a summary.
    fn totals(&mut self, count: u64, sum: f64) {
        let is_gauge = self.kind == Kind::GaugeHistogram;
        self.out.extend_from_slice(if is_gauge { b"{gcount:" } else { b"{count:" });
        self.integer(count);
        self.out.extend_from_slice(if is_gauge { b",gsum:" } else { b",sum:" });
        self.float(sum);
    }

    fn native(&mut self, native: &NativeHistogram) {
        self.out.extend_from_slice(b",schema:");
        self.out.extend_from_slice(itoa::Buffer::new().format(native.schema).as_bytes());
        self.out.extend_from_slice(b",zero_threshold:");
        self.float(native.zero_threshold);
        self.out.extend_from_slice(b",zero_count:");
        self.integer(native.zero_count);
        self.side(b"negative", &native.negative);
        self.side(b"positive", &native.positive);
    }

    /// Writes the buckets of one side of zero, if there are any: spans of neighbours, and then the counts of all of them.
    fn side(&mut self, side: &[u8], buckets: &[(i32, u64)]) {
        if buckets.is_empty() {
            return;
        }
        let (spans, deltas) = spans(buckets);
        for part in [b",".as_slice(), side, b"_spans:["] {
            self.out.extend_from_slice(part);
        }
        for (at, (offset, length)) in spans.into_iter().enumerate() {
            if at > 0 {
                self.out.push(b',');
            }
            self.out.extend_from_slice(itoa::Buffer::new().format(offset).as_bytes());
            self.out.push(b':');
            self.integer(u64::from(length));
        }
        for part in [b"],".as_slice(), side, b"_buckets:["] {
            self.out.extend_from_slice(part);
        }
        let mut count = 0_u64;
        for (at, delta) in deltas.into_iter().enumerate() {
            if at > 0 {
                self.out.push(b',');
            }
            count = count.wrapping_add_signed(delta);
            self.integer(count);
        }
        self.out.push(b']');
    }

    fn classic(&mut self, point: &HistogramPoint<'_>) {
        self.out.extend_from_slice(b",bucket:[");
        let mut total = 0_u64;
        // Counts that are missing are zero.
        let mut counts = point.counts.iter().copied();
        for &bound in point.bounds {
            total = total.wrapping_add(counts.next().unwrap_or(0));
            self.float(bound);
            self.out.push(b':');
            self.integer(total);
            self.out.push(b',');
        }
        self.out.extend_from_slice(b"+Inf:");
        self.integer(point.count());
        self.out.push(b']');
    }
}

/// Appends a moment in seconds, with as many digits as it has and without an exponent.
fn seconds(to: &mut Vec<u8>, moment: Duration) {
    let text = format!("{}.{:09}", moment.as_secs(), moment.subsec_nanos());
    to.extend_from_slice(text.trim_end_matches('0').trim_end_matches('.').as_bytes());
}

/// The kind as it is written. An info has to be called one.
fn kind_of(kind: Kind, name: &str) -> &'static str {
    if kind == Kind::Info && !name.ends_with("_info") {
        return Kind::Gauge.openmetrics_name();
    }
    kind.openmetrics_name()
}

/// Whether the unit is shown, which the grammar lets consist of what plain names consist of.
fn is_shown(unit: &str, kind: Kind) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':');
    !unit.is_empty() && !matches!(kind, Kind::Info | Kind::StateSet) && unit.bytes().all(plain)
}

impl Exposition for OpenMetrics2Encoder {
    fn visitor(&mut self) -> &mut dyn Visitor {
        self
    }

    fn len(&self) -> usize {
        self.out.len()
    }

    /// The head of a family that has no series yet is not taken.
    fn take(&mut self) -> Vec<u8> {
        let kept = match &mut self.pending {
            Some(start) => self.out.split_off(std::mem::take(start)),
            None => Vec::new(),
        };
        std::mem::replace(&mut self.out, kept)
    }

    fn finish(mut self: Box<Self>) -> Vec<u8> {
        self.forget_pending();
        self.out.extend_from_slice(b"# EOF\n");
        self.out
    }
}

impl Visitor for OpenMetrics2Encoder {
    fn family(&mut self, head: &Head<'_>) {
        self.forget_pending();
        self.pending = Some(self.out.len());
        self.kind = head.kind;
        self.names.forget();
        let name = self.escaping.metric_name(head.name);
        self.quoted = !lint::is_metric_name(&name);
        self.name.clear();
        if self.quoted {
            self.name.push(b'"');
            escape::append(&mut self.name, &name, Quotes::Escape);
            self.name.push(b'"');
        } else {
            self.name.extend_from_slice(name.as_bytes());
        }
        self.state = names::quoted(&self.escaping.label_name(head.name));
        self.constant.clear();
        self.constant_names.clear();
        for (name, value) in head.constant {
            let name = names::unique(self.escaping.label_name(name), &self.constant_names);
            if !self.constant.is_empty() {
                self.constant.push(b',');
            }
            self.constant.extend_from_slice(&names::quoted(&name));
            self.constant.extend_from_slice(b"=\"");
            escape::append(&mut self.constant, value, Quotes::Escape);
            self.constant.push(b'"');
            self.constant_names.push(name);
        }
        self.describe(b"TYPE", kind_of(head.kind, &name).as_bytes());
        if let Some(unit) = head.unit.filter(|unit| is_shown(unit, head.kind)) {
            self.describe(b"UNIT", unit.as_bytes());
        }
        if !head.help.is_empty() {
            let mut help = Vec::new();
            escape::append(&mut help, head.help, Quotes::Escape);
            self.describe(b"HELP", &help);
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
        self.begin(labels, None);
        match value {
            Number::U64(value) => self.integer(value),
            Number::I64(value) => self.out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes()),
            Number::F64(value) => self.float(value),
        }
        let counts = self.kind == Kind::Counter;
        self.end(if counts { details } else { &Details { created: None, exemplars: &[], native: None } });
    }

    fn histogram_with(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>, details: &Details<'_>) {
        self.begin(labels, None);
        self.totals(point.count(), point.sum);
        if let Some(native) = details.native {
            self.native(native);
        }
        // Where there are only native buckets, nobody chose the one bucket of the point.
        if details.native.is_none() || !point.bounds.is_empty() {
            self.classic(&point);
        }
        self.out.push(b'}');
        // A level has not counted since some moment.
        let created = details.created.filter(|_| self.kind != Kind::GaugeHistogram);
        self.end(&Details { created, ..*details });
    }

    fn summary_with(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>, details: &Details<'_>) {
        self.begin(labels, None);
        self.totals(point.count, point.sum);
        self.out.extend_from_slice(b",quantile:[");
        for (at, &(quantile, value)) in point.quantiles.iter().enumerate() {
            if at > 0 {
                self.out.push(b',');
            }
            self.float(quantile);
            self.out.push(b':');
            self.float(value);
        }
        self.out.extend_from_slice(b"]}");
        // Summaries have no exemplars.
        self.end(&Details { exemplars: &[], ..*details });
    }

    fn states(&mut self, labels: Labels<'_>, states: &[&str], current: usize) {
        for (index, state) in states.iter().enumerate() {
            self.begin(labels, Some(state));
            self.integer(u64::from(index == current));
            self.out.push(b'\n');
        }
    }
}
