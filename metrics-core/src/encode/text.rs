//! The two text formats. They share every line of samples and differ in what stands before them.

use super::{
    Format,
    escape::{self, Quotes},
    head,
    histogram::Bounds,
    number::{Digits, LONGEST, Whole},
    output::Output,
    pieces::Pieces,
};
use crate::{
    descriptor::Kind,
    visit::{Head, HistogramPoint, Labels, Number, SummaryPoint, Visitor},
};

/// Writes families and series as text.
///
/// A family whose series are none is left out. Labels stand in this order: constant ones, the family's own as
/// declared, then `le`, `quantile` or the state.
///
/// ```
/// use tallymark_core::{
///     encode::TextEncoder,
///     registry::Format,
///     {Head, Kind, Labels, Number, Visitor},
/// };
///
/// let mut encoder = TextEncoder::new(Format::Text004);
/// encoder.family(&Head {
///     name: "orders_total",
///     help: "Orders created.",
///     kind: Kind::Counter,
///     unit: None,
///     constant: &[],
/// });
/// encoder.number(Labels::new(&["shop"], &["north"]), Number::U64(3));
/// assert_eq!(
///     encoder.finish(),
///     b"# HELP orders_total Orders created.\n# TYPE orders_total counter\norders_total{shop=\"north\"} 3\n",
/// );
/// ```
pub struct TextEncoder {
    pub(super) out: Output,
    pub(super) format: Format,
    /// Where the current family's head begins, until it has a series.
    pending: Option<usize>,
    /// The name of the current family's samples, without what histograms and summaries add.
    pub(super) name: Vec<u8>,
    /// The constant labels, as they stand between braces.
    constant: Vec<u8>,
    /// What stands before, between and behind the label values of a series, for the label names in `names`.
    pieces: Pieces,
    names: Names,
    /// A series' labels as they stand between braces, for series of several lines.
    pub(super) body: Vec<u8>,
    /// What the bucket lines of a series have in common, and the bytes it is made in.
    pub(super) line: Pieces,
    pub(super) scratch: Vec<u8>,
    pub(super) bounds: Bounds,
}

/// The label names that the pieces were made for.
#[derive(Default)]
enum Names {
    #[default]
    None,
    /// A slice that lives as long as the program, by address and length: the same address is the same text.
    Fixed(usize, usize),
    /// Text of the moment, whose place may hold other text later.
    Owned(Vec<String>),
}

impl TextEncoder {
    /// An encoder that keeps everything until [`finish`](TextEncoder::finish).
    pub fn new(format: Format) -> Self {
        Self::append(format, Vec::new())
    }

    /// The same, behind what `bytes` already holds.
    pub fn append(format: Format, bytes: Vec<u8>) -> Self {
        Self::with_output(format, Output::append(bytes))
    }
}

impl TextEncoder {
    fn with_output(format: Format, out: Output) -> Self {
        Self {
            out,
            format,
            pending: None,
            name: Vec::new(),
            constant: Vec::new(),
            pieces: Pieces::default(),
            names: Names::None,
            body: Vec::new(),
            line: Pieces::default(),
            scratch: Vec::new(),
            bounds: Bounds::default(),
        }
    }

    /// How much is written and not taken, heads of families without series included.
    pub fn len(&self) -> usize {
        self.out.position()
    }

    /// Whether nothing is written that was not taken.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes what is written so far, to go on behind it. The head of a family that has no series yet is not taken.
    pub fn take(&mut self) -> Vec<u8> {
        let taken = self.out.take(self.pending);
        if self.pending.is_some() {
            self.pending = Some(0);
        }
        taken
    }

    /// Ends the exposition, and returns what was not taken of it.
    pub fn finish(mut self) -> Vec<u8> {
        self.forget_pending();
        if self.format == Format::OpenMetrics100 {
            self.out.room(8);
            self.out.text(b"# EOF\n");
        }
        self.out.finish()
    }

    fn forget_pending(&mut self) {
        if let Some(start) = self.pending.take() {
            self.out.rewind(start);
        }
    }

    /// Makes `pieces` those of the current family with these label names.
    #[inline]
    fn prepare(&mut self, labels: Labels<'_>) {
        let names = labels.names();
        let same = match &self.names {
            Names::Fixed(address, length) => {
                labels.is_fixed() && *address == names.as_ptr().addr() && *length == names.len()
            }
            Names::Owned(known) => known.len() == names.len() && known.iter().zip(names).all(|(a, b)| a == b),
            Names::None => false,
        };
        if !same {
            self.render_pieces(labels);
        }
    }

    #[cold]
    #[inline(never)]
    fn render_pieces(&mut self, labels: Labels<'_>) {
        let names = labels.names();
        self.names = if labels.is_fixed() {
            Names::Fixed(names.as_ptr().addr(), names.len())
        } else {
            Names::Owned(names.iter().map(ToString::to_string).collect())
        };
        self.pieces.clear();
        let mut text = self.name.clone();
        let mut before: &[u8] = b"{";
        if !self.constant.is_empty() {
            text.push(b'{');
            text.extend_from_slice(&self.constant);
            before = b",";
        }
        for name in labels.names() {
            text.extend_from_slice(before);
            text.extend_from_slice(name.as_bytes());
            text.extend_from_slice(b"=\"");
            self.pieces.push(&text);
            text.clear();
            before = b"\",";
        }
        text.extend_from_slice(match (labels.is_empty(), self.constant.is_empty()) {
            (true, true) => b" ",
            (true, false) => b"} ",
            (false, _) => b"\"} ",
        });
        self.pieces.push(&text);
    }

    /// Writes a series' labels, and what stands before and behind them.
    #[inline]
    fn write_labels(&mut self, labels: Labels<'_>) {
        let mut pieces = self.pieces.iter();
        if let Some(first) = pieces.next() {
            first.write(&mut self.out);
        }
        for (value, piece) in labels.values().iter().zip(pieces) {
            self.out.text(value.as_bytes());
            piece.write(&mut self.out);
        }
    }

    /// The same where a value may need escaping.
    #[cold]
    #[inline(never)]
    fn write_escaped_labels(&mut self, labels: Labels<'_>) {
        let mut pieces = self.pieces.iter();
        if let Some(first) = pieces.next() {
            first.write(&mut self.out);
        }
        for (value, piece) in labels.values().iter().zip(pieces) {
            self.body.clear();
            escape::append(&mut self.body, value, Quotes::Escape);
            self.out.text(&self.body);
            piece.write(&mut self.out);
        }
    }

    /// Renders `body`.
    pub(super) fn render_body(&mut self, labels: Labels<'_>) {
        self.body.clear();
        self.body.extend_from_slice(&self.constant);
        for (name, value) in labels.iter() {
            if !self.body.is_empty() {
                self.body.push(b',');
            }
            self.body.extend_from_slice(name.as_bytes());
            self.body.extend_from_slice(b"=\"");
            if labels.is_clean() {
                self.body.extend_from_slice(value.as_bytes());
            } else {
                escape::append(&mut self.body, value, Quotes::Escape);
            }
            self.body.push(b'"');
        }
    }

    /// Writes a sample's name, its labels as in `body`, and one more label. There must be room.
    pub(super) fn write_body(&mut self, suffix: &[u8], extra: Option<(&[u8], &[u8])>) {
        self.out.text(&self.name);
        self.out.text(suffix);
        if !self.body.is_empty() || extra.is_some() {
            self.out.byte(b'{');
            self.out.text(&self.body);
            if let Some((name, value)) = extra {
                if !self.body.is_empty() {
                    self.out.byte(b',');
                }
                self.out.text(name);
                self.out.text(b"=\"");
                self.out.text(value);
                self.out.byte(b'"');
            }
            self.out.byte(b'}');
        }
        self.out.byte(b' ');
    }

    /// Room that [`write_body`](TextEncoder::write_body) and a number take.
    pub(super) fn room_for_body(&mut self, suffix: &[u8], extra: Option<(&[u8], &[u8])>) {
        let extra = extra.map_or(0, |(name, value)| name.len() + value.len() + 4);
        self.out.room(self.name.len() + suffix.len() + self.body.len() + extra + 4 + LONGEST);
    }

    /// Ends a line with a number. There must be room.
    #[inline]
    pub(super) fn write_number(&mut self, value: Number) {
        match value {
            Number::U64(value) => self.out.text(itoa::Buffer::new().format(value).as_bytes()),
            Number::I64(value) => self.out.text(itoa::Buffer::new().format(value).as_bytes()),
            Number::F64(value) => self.out.text(Digits::new().float(value, Whole::Bare)),
        }
        self.out.byte(b'\n');
    }

    /// How `le` and `quantile` are written.
    pub(super) fn whole(&self) -> Whole {
        match self.format {
            Format::Text004 => Whole::Bare,
            Format::OpenMetrics100 => Whole::Point,
        }
    }

    /// The current family has a series, so its head stays.
    #[inline]
    pub(super) fn keep_head(&mut self) {
        self.pending = None;
    }
}

impl Visitor for TextEncoder {
    fn family(&mut self, head: &Head<'_>) {
        self.forget_pending();
        // Hands over what is full before the head is written, so that it can still be taken back.
        self.out.room(3 * (head.name.len() + 32) + 2 * head.help.len() + head.unit.map_or(0, str::len));
        self.pending = Some(self.out.position());
        head::write(&mut self.out, self.format, head);

        self.names = Names::None;
        self.name.clear();
        match (self.format, head.kind) {
            (Format::OpenMetrics100, Kind::Counter) => {
                self.name.extend_from_slice(head::stem(head.name, head.kind).as_bytes());
                self.name.extend_from_slice(b"_total");
            }
            (Format::OpenMetrics100, Kind::Info) => {
                self.name.extend_from_slice(head::stem(head.name, head.kind).as_bytes());
                self.name.extend_from_slice(b"_info");
            }
            _ => self.name.extend_from_slice(head.name.as_bytes()),
        }
        self.constant.clear();
        for (name, value) in head.constant {
            if !self.constant.is_empty() {
                self.constant.push(b',');
            }
            self.constant.extend_from_slice(name.as_bytes());
            self.constant.extend_from_slice(b"=\"");
            escape::append(&mut self.constant, value, Quotes::Escape);
            self.constant.push(b'"');
        }
    }

    fn number(&mut self, labels: Labels<'_>, value: Number) {
        self.keep_head();
        if labels.is_empty() && self.constant.is_empty() {
            // Families of one series: rendering pieces for it would cost more than they save.
            self.out.room(self.name.len() + 1 + LONGEST);
            self.out.text(&self.name);
            self.out.byte(b' ');
            return self.write_number(value);
        }
        self.prepare(labels);
        let texts: usize = labels.values().iter().map(|value| value.len()).sum();
        if labels.is_clean() || !labels.values().iter().any(|value| escape::is_needed(value)) {
            self.out.room(self.pieces.size() + texts + LONGEST);
            self.write_labels(labels);
        } else {
            self.out.room(self.pieces.size() + 2 * texts + LONGEST);
            self.write_escaped_labels(labels);
        }
        self.write_number(value);
    }

    fn histogram(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>) {
        self.keep_head();
        self.write_histogram(labels, &point);
    }

    fn summary(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>) {
        self.keep_head();
        self.render_body(labels);
        for &(quantile, value) in point.quantiles {
            let mut digits = Digits::new();
            let extra: Option<(&[u8], &[u8])> = Some((b"quantile", digits.float(quantile, self.whole())));
            self.room_for_body(b"", extra);
            self.write_body(b"", extra);
            self.write_number(Number::F64(value));
        }
        for (suffix, value) in
            [(b"_sum".as_slice(), Number::F64(point.sum)), (b"_count", Number::U64(point.count))]
        {
            self.room_for_body(suffix, None);
            self.write_body(suffix, None);
            self.write_number(value);
        }
    }

    fn states(&mut self, labels: Labels<'_>, states: &[&str], current: usize) {
        self.keep_head();
        self.render_body(labels);
        let label = self.name.clone();
        let mut escaped = Vec::new();
        for (index, state) in states.iter().enumerate() {
            escaped.clear();
            escape::append(&mut escaped, state, Quotes::Escape);
            let extra: Option<(&[u8], &[u8])> = Some((&label, &escaped));
            self.room_for_body(b"", extra);
            self.write_body(b"", extra);
            self.write_number(Number::U64(u64::from(index == current)));
        }
    }
}
