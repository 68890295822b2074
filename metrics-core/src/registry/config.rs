//! What an application decides once, for all its metrics.

use crate::{descriptor::Place, lint};
use std::{error::Error, fmt, time::Duration};

/// How long a scrape waits for collectors unless told otherwise. Well below the ten seconds after which Prometheus
/// gives up on a scrape.
const DEADLINE: Duration = if cfg!(test) { TEST_DEADLINE } else { Duration::from_secs(2) };

/// No test here is about the deadline of a configuration, and none is to fail for want of a processor.
const TEST_DEADLINE: Duration = Duration::from_secs(3600);

/// The registry's configuration. Install it once, early in `main`.
///
/// ```
/// use std::time::Duration;
/// use tallymark_core::registry::Config;
///
/// # fn main() -> Result<(), tallymark_core::registry::ConfigError> {
/// Config::new()
///     .namespace("shop")
///     .label("region", "north")
///     .collector_deadline(Duration::from_secs(1))
///     .install()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a configuration does nothing until it is installed"]
pub struct Config {
    pub(super) namespace: Option<String>,
    pub(super) labels: Vec<(String, String)>,
    pub(super) deadline: Duration,
    pub(super) count_series: bool,
    pub(super) created: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self { namespace: None, labels: Vec::new(), deadline: DEADLINE, count_series: false, created: false }
    }
}

/// What a namespace may be.
pub(super) const NAMESPACE: &str =
    "lower-case letters and digits, one underscore between words, a letter first";

impl Config {
    /// No namespace, no constant labels, two seconds for collectors.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts `<namespace>_` before the name of every metric whose author gave it no namespace.
    ///
    /// Names that begin with `process_` or `tallymark_` stay as they are, and so does what collectors hand over: other
    /// people's dashboards know them.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Adds a label to every series.
    ///
    /// A label that says where a process runs belongs into the scraper's configuration, which adds it to whatever it
    /// scrapes; this one is for what only the process knows.
    pub fn label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.push((name.into(), value.into()));
        self
    }

    /// How long a scrape waits for collectors and for gauges that are functions: two seconds by default. Those that
    /// take longer are missing from that scrape, and counted in `tallymark_collector_errors_total`.
    pub fn collector_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Shows `tallymark_series{metric}`, the number of series of each metric. Off by default: every scrape then visits
    /// every metric twice.
    pub fn count_series(mut self, count: bool) -> Self {
        self.count_series = count;
        self
    }

    /// Shows when each counter, histogram and summary was created: `_created` in OpenMetrics, `created_timestamp` in
    /// protobuf. Off by default: it doubles the lines of counters, and Prometheus only uses it where that is switched
    /// on.
    pub fn created_timestamps(mut self, show: bool) -> Self {
        self.created = show;
        self
    }

    /// Checks what can be checked without knowing the metrics.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if let Some(namespace) = self.namespace.as_ref().filter(|namespace| !lint::is_snake_case(namespace)) {
            return Err(ConfigError::Namespace(namespace.clone()));
        }
        for (at, (name, _)) in self.labels.iter().enumerate() {
            let twice = self.labels.iter().take(at).any(|(earlier, _)| earlier == name);
            if twice || !lint::is_label_name(name) || matches!(name.as_str(), "le" | "quantile") {
                return Err(ConfigError::Label(name.clone()));
            }
        }
        Ok(())
    }

    /// Whether metrics may be shown under names that are not their own.
    pub(super) fn renames(&self) -> bool {
        self.namespace.is_some()
    }

    /// The name under which a declared metric is shown, if it is not its own.
    pub(super) fn rename(&self, name: &str, namespaced: bool) -> Option<String> {
        let namespace = self.namespace.as_ref()?;
        let fixed = namespaced || name.starts_with("process_") || name.starts_with("tallymark_");
        (!fixed).then(|| format!("{namespace}_{name}"))
    }
}

/// Why a configuration was not installed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// Another configuration was installed before.
    Installed,
    /// There was a scrape, a snapshot or a check before.
    Used,
    /// This namespace cannot begin a metric's name.
    Namespace(String),
    /// This constant label has a name that no label may have, or was added twice.
    Label(String),
    /// A constant label is also a label of a declared metric.
    LabelTaken {
        /// The label.
        label: String,
        /// The metric.
        metric: String,
        /// Where the metric was declared.
        place: Place,
    },
}

impl fmt::Display for ConfigError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Installed => f.write_str("the registry is configured already; it is configured once"),
            Self::Used => f.write_str(
                "the registry was scraped before it was configured, and names must not change between scrapes; \
                 install the configuration earlier",
            ),
            Self::Namespace(namespace) => write!(
                f,
                "`{namespace}` cannot be a namespace: {NAMESPACE}",
            ),
            Self::Label(label) => write!(
                f,
                "`{label}` cannot be a constant label: letters, digits and underscores, no digit first, no two \
                 underscores at the start, not `le` or `quantile`, and each label once",
            ),
            Self::LabelTaken { label, metric, place } => write!(
                f,
                "`{label}` cannot be a constant label: `{metric}` at {place} (package {}) has a label of that name",
                place.package,
            ),
        }
    }
}

impl Error for ConfigError {}
