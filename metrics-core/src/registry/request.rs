//! What is asked for: format, escaping, and which metrics.

use super::{Format, Selection};
use crate::encode::Escaping;

/// What [`encode`](super::encode) and [`chunks`](super::chunks) are to write. A [`Format`] alone is a request for all
/// metrics.
///
/// Requests that are equal get the same bytes, as far as the values have not changed.
///
/// ```
/// use tallymark_core::{encode::Escaping, registry::{self, Format, Request, Selection}};
///
/// let request = Request::new(Format::Text100)
///     .escaping(Escaping::AllowUtf8)
///     .names(Selection::of(["tallymark_conflicts_total"]));
/// let mut bytes = Vec::new();
/// registry::encode(request, &mut bytes);
/// assert!(bytes.ends_with(b"\ntallymark_conflicts_total 0\n"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is encoded"]
pub struct Request {
    format: Format,
    escaping: Escaping,
    names: Selection,
}

impl Request {
    /// All metrics in this format, names escaped with [`Escaping::Underscores`].
    pub const fn new(format: Format) -> Self {
        Self { format, escaping: Escaping::Underscores, names: Selection::ALL }
    }

    /// Names are written in this scheme; where the format cannot do that, in the one that
    /// [`Format::escaping`] returns.
    pub const fn escaping(mut self, escaping: Escaping) -> Self {
        self.escaping = self.format.escaping(escaping);
        self
    }

    /// Only these metrics. The others are not even read.
    pub fn names(mut self, names: Selection) -> Self {
        self.names = names;
        self
    }

    /// The format.
    pub const fn format(&self) -> Format {
        self.format
    }

    /// The scheme that names are written in.
    pub const fn escaping_scheme(&self) -> Escaping {
        self.escaping
    }

    /// Which metrics.
    pub const fn selection(&self) -> &Selection {
        &self.names
    }

    /// The value of the `Content-Type` header that goes with what is written.
    pub const fn content_type(&self) -> &'static str {
        self.format.content_type(self.escaping)
    }
}

impl From<Format> for Request {
    fn from(format: Format) -> Self {
        Self::new(format)
    }
}
