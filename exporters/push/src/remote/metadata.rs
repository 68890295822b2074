//! What a family is, in the numbers of the protocol.

use tallymark_core::Kind;

/// The metadata of a series: its kind, and the numbers of its help text and unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Metadata {
    pub(super) kind: u32,
    pub(super) help: u32,
    pub(super) unit: u32,
}

/// The number of a kind in the enumeration `MetricType` of `io.prometheus.write.v2.Metadata`.
pub(super) const fn number_of(kind: Kind) -> u32 {
    match kind {
        Kind::Counter => 1,
        Kind::Gauge => 2,
        Kind::Histogram => 3,
        Kind::GaugeHistogram => 4,
        Kind::Summary => 5,
        Kind::Info => 6,
        Kind::StateSet => 7,
        _ => 0,
    }
}
