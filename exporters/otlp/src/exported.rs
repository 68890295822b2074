//! The result of an export.

/// What an export did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exported {
    /// Data points that the receiver accepted.
    pub points: u64,
    /// Data points that the receiver rejected.
    pub rejected: u64,
    /// What the receiver says about those it rejected, or a warning; usually nothing.
    pub message: String,
    /// Whether exporting is switched off, by `OTEL_SDK_DISABLED` or `OTEL_METRICS_EXPORTER`, so that nothing was sent.
    pub disabled: bool,
}
