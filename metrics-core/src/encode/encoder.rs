//! One type for all formats.

use super::{
    Escaping, Format, exposition::Exposition, openmetrics2::OpenMetrics2Encoder, output::Output,
    protobuf::ProtobufEncoder, text::TextEncoder,
};
use crate::{
    number::Number,
    visit::{Details, Head, HistogramPoint, Labels, SummaryPoint, Visitor},
};

/// Writes families and series in a format.
///
/// A family without series is left out. Labels are written in this order: constant ones, the family's own as
/// declared, then `le`, `quantile` or the state.
///
/// ```
/// use tallymark_core::{
///     Kind, Number,
///     encode::Encoder,
///     registry::Format,
///     visit::{Head, Labels, Visitor},
/// };
///
/// let mut encoder = Encoder::new(Format::Text004);
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
pub struct Encoder(Box<dyn Exposition + Send + Sync>);

impl Encoder {
    /// An encoder that keeps everything until [`finish`](Encoder::finish). Names are escaped with
    /// [`Escaping::Underscores`].
    pub fn new(format: Format) -> Self {
        Self::append(format, Escaping::default(), Vec::new())
    }

    /// An encoder that escapes names in this scheme, and keeps everything until [`finish`](Encoder::finish).
    pub fn with_escaping(format: Format, escaping: Escaping) -> Self {
        Self::append(format, escaping, Vec::new())
    }

    /// An encoder that appends to what `bytes` already holds, and keeps everything until [`finish`](Encoder::finish).
    pub fn append(format: Format, escaping: Escaping, bytes: Vec<u8>) -> Self {
        let escaping = format.escaping(escaping);
        Self(match format {
            Format::Protobuf => Box::new(ProtobufEncoder::new(escaping, bytes)),
            Format::OpenMetrics200 => Box::new(OpenMetrics2Encoder::new(escaping, bytes)),
            _ => Box::new(TextEncoder::new(format, escaping, Output::append(bytes))),
        })
    }

    /// An encoder that keeps everything until [`finish`](Encoder::finish), which is about as many bytes as `size`.
    pub(crate) fn with_room(format: Format, escaping: Escaping, size: usize) -> Self {
        let escaping = format.escaping(escaping);
        match format {
            Format::Protobuf | Format::OpenMetrics200 => {
                Self::append(format, escaping, Vec::with_capacity(size))
            }
            _ => Self(Box::new(TextEncoder::new(format, escaping, Output::with_room(size)))),
        }
    }

    /// From here on no name needs escaping, or one may.
    pub(crate) fn set_plain(&mut self, plain: bool) {
        self.0.set_plain(plain);
    }

    /// How much is written and not taken. Protobuf counts a family once it is whole.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is written that was not taken.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes what is written so far, to go on behind it. What may have to be taken back is not taken: the head of a
    /// family that has no series yet, and in protobuf, where the length of a family comes first, all of the present
    /// one. [`chunks`](crate::registry::chunks) announces the length of a large one.
    pub fn take(&mut self) -> Vec<u8> {
        self.0.take()
    }

    /// How much is written of a family that cannot be taken before its length is known: see [`announce`](Self::announce).
    pub(crate) fn held(&self) -> usize {
        self.0.held()
    }

    /// Announces the length of the present family, so that it can be taken in parts. `show_rest` shows the rest of it, of which
    /// only the length is kept; it has to be shown again, and [`fill`](Self::fill) called when that is done.
    pub(crate) fn announce(&mut self, show_rest: &mut dyn FnMut(&mut dyn Visitor)) {
        self.0.announce(show_rest);
    }

    /// Writes some of what is missing to the announced length of a family that is over. Returns `false` if nothing is.
    pub(crate) fn fill(&mut self) -> bool {
        self.0.fill()
    }

    /// Ends the exposition, and returns what was not taken of it.
    pub fn finish(self) -> Vec<u8> {
        self.0.finish()
    }

    /// The encoder of the format itself, so that the format is chosen once and not for each series.
    pub(crate) fn visitor(&mut self) -> &mut dyn Visitor {
        self.0.visitor()
    }
}

impl Visitor for Encoder {
    fn family(&mut self, head: &Head<'_>) {
        self.visitor().family(head);
    }

    fn number(&mut self, labels: Labels<'_>, value: Number) {
        self.visitor().number(labels, value);
    }

    fn histogram(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>) {
        self.visitor().histogram(labels, point);
    }

    fn summary(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>) {
        self.visitor().summary(labels, point);
    }

    fn number_with(&mut self, labels: Labels<'_>, value: Number, details: &Details<'_>) {
        self.visitor().number_with(labels, value, details);
    }

    fn histogram_with(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>, details: &Details<'_>) {
        self.visitor().histogram_with(labels, point, details);
    }

    fn summary_with(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>, details: &Details<'_>) {
        self.visitor().summary_with(labels, point, details);
    }

    fn states(&mut self, labels: Labels<'_>, states: &[&str], current: usize) {
        self.visitor().states(labels, states, current);
    }
}
