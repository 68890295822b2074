//! Which formats there are.

use super::Escaping;

/// An exposition format.
///
/// ```
/// use tallymark_core::{encode::Escaping, registry::Format};
///
/// assert_eq!(
///     Format::Text004.content_type(Escaping::Underscores),
///     "text/plain; version=0.0.4; charset=utf-8",
/// );
/// assert_eq!(
///     Format::Text100.content_type(Escaping::AllowUtf8),
///     "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8",
/// );
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// The Prometheus text format, version 0.0.4, which everything reads.
    #[default]
    Text004,
    /// The Prometheus text format, version 1.0.0: as 0.0.4, and names of any characters are written in quotes.
    Text100,
    /// OpenMetrics 1.0.0, which knows units, info, state sets and exemplars.
    OpenMetrics100,
    /// OpenMetrics 2.0.0, by its release candidate 2.0.0-rc0: every series is one line, native histograms, start timestamps and
    /// several exemplars included. Names of any characters are part of it.
    OpenMetrics200,
    /// Messages `io.prometheus.client.MetricFamily`, each after its length. The one format that Prometheus reads native
    /// histograms from.
    Protobuf,
}

impl Format {
    /// The escaping scheme that is used where this one is asked for.
    ///
    /// Text format 0.0.4 has no way to quote a name, so names of any characters become
    /// [`Underscores`](Escaping::Underscores) there.
    pub const fn escaping(self, asked: Escaping) -> Escaping {
        match (self, asked) {
            (Self::Text004, Escaping::AllowUtf8) => Escaping::Underscores,
            (_, asked) => asked,
        }
    }

    /// Whether an exposition in this format is text.
    pub(crate) const fn is_text(self) -> bool {
        !matches!(self, Self::Protobuf)
    }

    /// The value of the `Content-Type` header that goes with the format.
    ///
    /// The formats that are older than escaping schemes name theirs only if it is another than
    /// [`Underscores`](Escaping::Underscores), which is what their readers expect when nothing is said.
    pub const fn content_type(self, escaping: Escaping) -> &'static str {
        macro_rules! with_escaping {
            ($kind:literal, $plain:literal) => {
                match self.escaping(escaping) {
                    Escaping::AllowUtf8 => concat!($kind, "; escaping=allow-utf-8"),
                    Escaping::Underscores => concat!($kind, $plain),
                    Escaping::Dots => concat!($kind, "; escaping=dots"),
                    Escaping::Values => concat!($kind, "; escaping=values"),
                }
            };
        }
        match self {
            Self::Text004 => with_escaping!("text/plain; version=0.0.4; charset=utf-8", ""),
            Self::Text100 => {
                with_escaping!("text/plain; version=1.0.0; charset=utf-8", "; escaping=underscores")
            }
            Self::OpenMetrics100 => {
                with_escaping!("application/openmetrics-text; version=1.0.0; charset=utf-8", "")
            }
            Self::OpenMetrics200 => match escaping {
                // The type that the specification demands, which knows such names.
                Escaping::AllowUtf8 => "application/openmetrics-text; version=2.0.0; charset=utf-8",
                _ => with_escaping!(
                    "application/openmetrics-text; version=2.0.0; charset=utf-8",
                    "; escaping=underscores"
                ),
            },
            Self::Protobuf => with_escaping!(
                "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
                ""
            ),
        }
    }
}
