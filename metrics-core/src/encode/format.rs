//! Which formats there are.

/// An exposition format.
///
/// ```
/// use tallymark_core::registry::Format;
///
/// assert_eq!(Format::Text004.content_type(), "text/plain; version=0.0.4; charset=utf-8");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// The Prometheus text format, version 0.0.4, which everything reads.
    #[default]
    Text004,
    /// OpenMetrics 1.0.0, which knows units, info and state sets.
    OpenMetrics100,
}

impl Format {
    /// The value of the `Content-Type` header that goes with the format.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Text004 => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics100 => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }
}
