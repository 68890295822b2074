//! What a metric says about itself: name, help, unit, kind, labels and where it was declared.

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
            Self::Summary => "summary",
            Self::Info => "info",
            Self::StateSet => "stateset",
            Self::Unknown => "unknown",
        }
    }

    /// The name in `# TYPE` lines of text format 0.0.4, which has no info, stateset or unknown.
    pub const fn text_name(self) -> &'static str {
        match self {
            Self::Info | Self::StateSet => "gauge",
            Self::Unknown => "untyped",
            other => other.openmetrics_name(),
        }
    }
}

/// Where something was declared; shown when two declarations are in conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The cargo package, from `CARGO_PKG_NAME`.
    pub package: &'static str,
    /// The module path.
    pub module: &'static str,
    /// The source file as the compiler saw it.
    pub file: &'static str,
    /// The line, counted from one.
    pub line: u32,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A metric family as it was declared.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Descriptor {
    /// The whole name as written or composed at compile time, `_total` included, without a namespace that is only
    /// known at run time.
    pub name: &'static str,
    /// Whether `name` already holds a namespace that its author chose. If so, the registry's run-time namespace
    /// is not put before it.
    pub namespaced: bool,
    /// The help text. Never empty for metrics declared with the macros.
    pub help: &'static str,
    /// The base unit, such as `seconds` or `bytes`, if there is one. `name` (less `_total`) ends in it.
    pub unit: Option<&'static str>,
    /// The kind.
    pub kind: Kind,
    /// The label names, in the order in which values are given.
    pub labels: &'static [&'static str],
    /// Where it was declared.
    pub place: Place,
}
