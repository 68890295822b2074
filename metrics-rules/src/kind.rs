//! Kinds of metrics.

/// The kind of a metric family, as the exposition formats name it.
///
/// Source: OpenMetrics 1.0, "Metric Types"; Prometheus text format 0.0.4 knows the subset
/// [`text_name`](Kind::text_name) maps to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// Only goes up. The name ends in `_total`.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts of observations in buckets, and their sum.
    Histogram,
    /// How many of the things that there are now are in which bucket: a histogram that goes up and down.
    GaugeHistogram,
    /// Count and sum of observations, optionally with quantiles.
    Summary,
    /// Facts in labels; the value is always 1.
    Info,
    /// Exactly one state of several is on.
    StateSet,
    /// Nothing is known about the value; for what other systems hand over.
    Unknown,
}

impl Kind {
    /// The name in `# TYPE` lines of OpenMetrics 1.0.
    pub const fn openmetrics_name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::GaugeHistogram => "gaugehistogram",
            Self::Summary => "summary",
            Self::Info => "info",
            Self::StateSet => "stateset",
            Self::Unknown => "unknown",
        }
    }

    /// The name in `# TYPE` lines of text format 0.0.4, which has no gauge histogram, info, stateset or unknown.
    pub const fn text_name(self) -> &'static str {
        match self {
            Self::Info | Self::StateSet => "gauge",
            Self::GaugeHistogram => "histogram",
            Self::Unknown => "untyped",
            other => other.openmetrics_name(),
        }
    }

    /// The kind with its article, as a sentence names it.
    pub(crate) const fn with_article(self) -> &'static str {
        match self {
            Self::Counter => "a counter",
            Self::Gauge => "a gauge",
            Self::Histogram => "a histogram",
            Self::GaugeHistogram => "a gauge histogram",
            Self::Summary => "a summary",
            Self::Info => "an info",
            Self::StateSet => "a state set",
            Self::Unknown => "a metric of unknown kind",
        }
    }
}
