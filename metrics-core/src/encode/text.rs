//! The text formats. They share every line of samples and differ in the lines before them.

use super::{
    Escaping, Format,
    bound_texts::BoundTexts,
    escape::{self, Quotes},
    exposition::Exposition,
    head::{self, Shown},
    names::{self, Names},
    number::{Digits, LONGEST, Whole},
    output::Output,
    pieces::Pieces,
};
use crate::{
    descriptor::Kind,
    number::Number,
    visit::{Details, Head, HistogramPoint, Labels, SummaryPoint, Visitor},
};

/// Writes families and series as text.
///
/// A family without series is left out. Labels are written in this order: constant ones, the family's own as
/// declared, then `le`, `quantile` or the state.
pub(super) struct TextEncoder {
    pub(super) out: Output,
    pub(super) format: Format,
    escaping: Escaping,
    /// Whether every name is known to be one that all formats can carry.
    plain: bool,
    /// Where the current family's head begins, until it has a series.
    pending: Option<usize>,
    pub(super) kind: Kind,
    /// The name of the current family's samples, without what histograms and summaries add.
    name: Vec<u8>,
    /// How much of it is the name of the family.
    pub(super) stem: usize,
    /// Whether the name is written in quotes between the braces.
    quoted: bool,
    /// The constant labels, as they are written between braces, and their names as they are written.
    constant_known: Vec<(String, String)>,
    constant: Vec<u8>,
    constant_names: Vec<String>,
    /// The label that holds the states of a state set, once one was shown.
    state: Vec<u8>,
    names: Names,
    /// The text before the first label value of a series; nothing until the family has a second one that needs it.
    opening: Pieces,
    /// Whether the family had a series before.
    opened: bool,
    /// The text behind each label value, which is the same in families with the same label names.
    pieces: Pieces,
    /// A series' labels as they are written between braces, for series of several lines.
    pub(super) body: Vec<u8>,
    /// What the bucket lines of a series have in common, and the bytes it is made in.
    pub(super) line: Pieces,
    pub(super) scratch: Vec<u8>,
    pub(super) bounds: BoundTexts,
}

impl TextEncoder {
    pub(super) fn new(format: Format, escaping: Escaping, out: Output) -> Self {
        Self {
            out,
            format,
            escaping,
            plain: false,
            pending: None,
            kind: Kind::Unknown,
            name: Vec::new(),
            stem: 0,
            quoted: false,
            constant_known: Vec::new(),
            constant: Vec::new(),
            constant_names: Vec::new(),
            state: Vec::new(),
            names: Names::default(),
            opening: Pieces::default(),
            opened: false,
            pieces: Pieces::default(),
            body: Vec::new(),
            line: Pieces::default(),
            scratch: Vec::new(),
            bounds: BoundTexts::default(),
        }
    }

    fn forget_pending(&mut self) {
        if let Some(start) = self.pending.take() {
            self.out.rewind(start);
        }
    }

    /// Renders the constant labels, which are nearly always those of the family before.
    #[cold]
    fn render_constant(&mut self, labels: &[(String, String)]) {
        self.constant_known = labels.to_vec();
        self.constant.clear();
        self.constant_names.clear();
        for (name, value) in labels {
            if !self.constant.is_empty() {
                self.constant.push(b',');
            }
            let name = names::unique(self.escaping.label_name(name), &self.constant_names);
            self.constant.extend_from_slice(&names::quoted(&name));
            self.constant_names.push(name);
            self.constant.extend_from_slice(b"=\"");
            escape::append(&mut self.constant, value, Quotes::Escape);
            self.constant.push(b'"');
        }
    }

    /// Makes `opening` and `pieces` those of the current family with these label names.
    ///
    /// Many families have a single series, so the opening of the first one is written here, and not prepared.
    #[inline]
    fn prepare(&mut self, labels: Labels<'_>) {
        if !self.names.are_of(labels) {
            self.render_names(labels);
        }
        if self.opening.is_empty() {
            self.begin_with_opening();
        }
    }

    /// Renders `names` and `pieces`, which are those of most families before.
    #[cold]
    #[inline(never)]
    fn render_names(&mut self, labels: Labels<'_>) {
        self.names.write(labels, self.escaping, &self.constant_names);
        self.opening.clear();
        self.pieces.clear();
        let mut text = std::mem::take(&mut self.scratch);
        for name in self.names.written().iter().skip(1) {
            text.clear();
            text.extend_from_slice(b"\",");
            text.extend_from_slice(name);
            self.pieces.push(&text);
        }
        if !labels.is_empty() {
            self.pieces.push(b"\"} ");
        }
        self.scratch = text;
    }

    #[inline(never)]
    fn begin_with_opening(&mut self) {
        let mut text = std::mem::take(&mut self.scratch);
        text.clear();
        self.open(&mut text, b"");
        text.extend_from_slice(&self.constant);
        if let Some(name) = self.names.written().first() {
            if !self.constant.is_empty() {
                text.push(b',');
            }
            text.extend_from_slice(name);
        } else {
            if self.constant.is_empty() {
                // Nothing follows the name in its quotes.
                text.pop();
            }
            text.extend_from_slice(b"} ");
        }
        if std::mem::replace(&mut self.opened, true) {
            self.opening.push(&text);
        } else {
            self.out.room(text.len());
            self.out.text(&text);
        }
        self.scratch = text;
    }

    /// Appends what precedes the labels of a sample, if there are any.
    pub(super) fn open(&self, to: &mut Vec<u8>, suffix: &[u8]) {
        if self.quoted {
            to.extend_from_slice(b"{\"");
        }
        to.extend_from_slice(&self.name);
        to.extend_from_slice(suffix);
        to.extend_from_slice(if self.quoted { b"\"," } else { b"{" });
    }

    /// Writes a series' labels, and what precedes and follows them.
    #[inline]
    fn write_labels(&mut self, labels: Labels<'_>) {
        if let Some(opening) = self.opening.iter().next() {
            opening.write(&mut self.out);
        }
        for (value, piece) in labels.values().iter().zip(self.pieces.iter()) {
            self.out.text(value.as_bytes());
            piece.write(&mut self.out);
        }
    }

    /// Writes a series' labels as [`write_labels`](Self::write_labels) does, where a value may need escaping.
    #[cold]
    #[inline(never)]
    fn write_escaped_labels(&mut self, labels: Labels<'_>) {
        if let Some(opening) = self.opening.iter().next() {
            opening.write(&mut self.out);
        }
        for (value, piece) in labels.values().iter().zip(self.pieces.iter()) {
            self.body.clear();
            escape::append(&mut self.body, value, Quotes::Escape);
            self.out.text(&self.body);
            piece.write(&mut self.out);
        }
    }

    /// Renders `body`.
    pub(super) fn render_body(&mut self, labels: Labels<'_>) {
        if !self.names.are_of(labels) {
            self.render_names(labels);
        }
        self.body.clear();
        self.body.extend_from_slice(&self.constant);
        for (name, value) in self.names.written().iter().zip(labels.values()) {
            if !self.body.is_empty() {
                self.body.push(b',');
            }
            self.body.extend_from_slice(name);
            if labels.is_clean() {
                self.body.extend_from_slice(value.as_bytes());
            } else {
                escape::append(&mut self.body, value, Quotes::Escape);
            }
            self.body.push(b'"');
        }
    }

    /// Writes a sample's name, its labels as in `body`, and one more label, and makes room for a number.
    pub(super) fn write_body(&mut self, suffix: &[u8], extra: Option<(&[u8], &[u8])>) {
        self.write_line(self.name.len(), suffix, extra);
    }

    /// Writes a line as [`write_body`](Self::write_body) does, with only the first `name` bytes of the name.
    pub(super) fn write_line(&mut self, name: usize, suffix: &[u8], extra: Option<(&[u8], &[u8])>) {
        let extra_size = extra.map_or(0, |(name, value)| name.len() + value.len() + 4);
        self.out.room(self.name.len() + suffix.len() + self.body.len() + extra_size + 8 + LONGEST);
        let labels = !self.body.is_empty() || extra.is_some();
        if self.quoted {
            self.out.text(b"{\"");
        }
        self.out.text(self.name.get(..name).unwrap_or_default());
        self.out.text(suffix);
        match (self.quoted, labels) {
            (true, true) => self.out.text(b"\","),
            (true, false) => self.out.byte(b'"'),
            (false, true) => self.out.byte(b'{'),
            (false, false) => {}
        }
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
        if labels || self.quoted {
            self.out.byte(b'}');
        }
        self.out.byte(b' ');
    }

    /// Ends a line with a number. There must be room.
    #[inline]
    pub(super) fn write_number(&mut self, value: Number) {
        match value {
            Number::U64(value) => return self.out.whole(value),
            Number::I64(value) => self.out.text(itoa::Buffer::new().format(value).as_bytes()),
            Number::F64(value) => self.out.text(Digits::new().float(value, Whole::Bare)),
        }
        self.out.byte(b'\n');
    }

    /// How `le` and `quantile` are written.
    pub(super) fn whole(&self) -> Whole {
        match self.format {
            Format::OpenMetrics100 => Whole::Point,
            _ => Whole::Bare,
        }
    }

    /// The current family has a series, so its head stays.
    #[inline]
    pub(super) fn keep_head(&mut self) {
        self.pending = None;
    }
}

impl Exposition for TextEncoder {
    fn visitor(&mut self) -> &mut dyn Visitor {
        self
    }

    fn set_plain(&mut self, plain: bool) {
        self.plain = plain;
    }

    fn len(&self) -> usize {
        self.out.position()
    }

    /// The head of a family that has no series yet is not taken.
    fn take(&mut self) -> Vec<u8> {
        let taken = self.out.take(self.pending);
        if self.pending.is_some() {
            self.pending = Some(0);
        }
        taken
    }

    fn finish(mut self: Box<Self>) -> Vec<u8> {
        self.forget_pending();
        if self.format == Format::OpenMetrics100 {
            self.out.room(8);
            self.out.text(b"# EOF\n");
        }
        self.out.finish()
    }
}

impl Visitor for TextEncoder {
    fn family(&mut self, head: &Head<'_>) {
        self.forget_pending();
        self.pending = Some(self.out.position());
        let head = &head::as_named(self.format, self.escaping, head);
        let shown = Shown::new(self.format, self.escaping, self.plain, head);
        head::write(&mut self.out, self.format, head, &shown);

        self.kind = head.kind;
        self.opening.clear();
        self.opened = false;
        self.quoted = shown.quoted;
        self.name.clear();
        self.name.extend_from_slice(shown.family.as_bytes());
        self.stem = self.name.len();
        if !shown.suffix.is_empty() {
            self.name.extend_from_slice(shown.suffix.as_bytes());
        }
        self.state.clear();
        if !shown.plain {
            self.state = names::quoted(&self.escaping.label_name(head.name));
        }
        if self.constant_known != head.constant {
            self.names.forget();
            self.render_constant(head.constant);
        }
    }

    fn prepared(&mut self, lines: &'static str, value: Number) -> bool {
        // OpenMetrics names the family without what counters end in.
        if self.format == Format::OpenMetrics100 {
            return false;
        }
        self.forget_pending();
        self.out.room(lines.len() + LONGEST);
        self.out.text(lines.as_bytes());
        self.write_number(value);
        true
    }

    fn number(&mut self, labels: Labels<'_>, value: Number) {
        self.keep_head();
        if labels.is_empty() && self.constant.is_empty() && !self.quoted {
            // Families of one series: rendering pieces for it would cost more than they save.
            self.out.room(self.name.len() + 1 + LONGEST);
            self.out.text(&self.name);
            self.out.byte(b' ');
            return self.write_number(value);
        }
        self.prepare(labels);
        let texts: usize = labels.values().iter().map(|value| value.len()).sum();
        if labels.is_clean() || !labels.values().iter().any(|value| escape::is_needed(value)) {
            self.out.room(self.opening.size() + self.pieces.size() + texts + LONGEST);
            self.write_labels(labels);
        } else {
            self.out.room(self.opening.size() + self.pieces.size() + 2 * texts + LONGEST);
            self.write_escaped_labels(labels);
        }
        self.write_number(value);
    }

    fn histogram(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>) {
        self.keep_head();
        self.write_histogram(labels, &point, &[]);
    }

    fn number_with(&mut self, labels: Labels<'_>, value: Number, details: &Details<'_>) {
        self.number(labels, value);
        self.add_exemplar(self.kind, details);
        if details.created.is_some() {
            self.render_body(labels);
            self.write_created(self.kind, details.created);
        }
    }

    fn histogram_with(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>, details: &Details<'_>) {
        self.keep_head();
        let exemplars = self.exemplars(point.bounds, details);
        self.write_histogram(labels, &point, &exemplars);
        self.write_created(self.kind, details.created);
    }

    fn summary_with(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>, details: &Details<'_>) {
        self.summary(labels, point);
        self.write_created(self.kind, details.created);
    }

    fn summary(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>) {
        self.keep_head();
        self.render_body(labels);
        // OpenMetrics has neither negative quantiles nor a sum that may fall, or is not a number.
        // Source: OpenMetrics 1.0, "Summary".
        let is_open = self.format == Format::OpenMetrics100;
        for &(quantile, value) in point.quantiles {
            if is_open && value < 0.0 {
                continue;
            }
            let mut digits = Digits::new();
            let extra: Option<(&[u8], &[u8])> = Some((b"quantile", digits.float(quantile, self.whole())));
            self.write_body(b"", extra);
            self.write_number(Number::F64(value));
        }
        if !is_open || point.sum >= 0.0 {
            self.write_body(b"_sum", None);
            self.write_number(Number::F64(point.sum));
        }
        self.write_body(b"_count", None);
        self.write_number(Number::U64(point.count));
    }

    fn states(&mut self, labels: Labels<'_>, states: &[&str], current: usize) {
        self.keep_head();
        self.render_body(labels);
        if self.state.is_empty() {
            // The name itself, which may hold a colon; a label's name may not.
            let name = String::from_utf8_lossy(&self.name);
            self.state = names::quoted(&self.escaping.label_name(&name));
        }
        let label = std::mem::take(&mut self.state);
        let mut escaped = Vec::new();
        for (index, state) in states.iter().enumerate() {
            escaped.clear();
            escape::append(&mut escaped, state, Quotes::Escape);
            let extra: Option<(&[u8], &[u8])> = Some((&label, &escaped));
            self.write_body(b"", extra);
            self.write_number(Number::U64(u64::from(index == current)));
        }
        self.state = label;
    }
}
