//! The settings.

use super::{
    error::ConfigError,
    pattern::{Pattern, closest},
};
use crate::{cell::OFF, lint, naming::Naming, value::Buckets};
use std::time::Duration;

/// How long a scrape waits for collectors unless told otherwise. Well below the ten seconds after which Prometheus
/// gives up on a scrape.
const DEADLINE: Duration = if cfg!(test) { TEST_DEADLINE } else { Duration::from_secs(2) };

/// No test here is about the deadline of a configuration, and none is to fail for want of a processor.
const TEST_DEADLINE: Duration = Duration::from_secs(3600);

/// What an application decides once, for all its metrics and for all layers. Install it early in `main`.
///
/// ```
/// use std::time::Duration;
/// use tallymark_core::{Naming, registry::Config};
///
/// # fn main() -> Result<(), tallymark_core::registry::ConfigError> {
/// Config::new()
///     .namespace("shop")
///     .naming(Naming::Django)
///     .label("region", "north")
///     .buckets("http_request_duration_seconds", [0.05, 0.25, 1.0])
///     .families_off(["cache_*"])
///     .collector_deadline(Duration::from_secs(1))
///     .install()?;
/// # Ok(())
/// # }
/// ```
///
/// # Order
///
/// The builder of a layer takes precedence for that layer, then what is set here, then `TALLYMARK_*` in the environment, then
/// the variables of django-prometheus. Families that are set by a pattern, such as `http_*`, follow the same order: among the
/// patterns of one source the most specific one wins, and of two that are equally specific the later one. Constant labels of all
/// sources are added together.
///
/// Namespace, labels, and which families are shown may be set before or after layers are built. Naming and buckets have to be set
/// before: [`install`](Self::install) returns an error if a layer has used others.
///
/// # Environment
///
/// These variables are read once, whether or not a configuration is installed. If one of them is not valid, [`install`](Self::install),
/// [`check`](super::super::check) and the layers' builders return an error; a scrape then ignores all of them, and counts that in
/// `tallymark_conflicts_total`.
///
/// | variable | setting |
/// |---|---|
/// | `TALLYMARK_NAMESPACE` | [`namespace`](Self::namespace) |
/// | `TALLYMARK_NAMING` | [`naming`](Self::naming): `standard`, `django` or `hyperdjango` |
/// | `TALLYMARK_LABELS` | [`label`](Self::label), as in `region=north,tier=gold` |
/// | `TALLYMARK_BUCKETS` | [`buckets`](Self::buckets), as in `http_*=0.05,0.25,1;db_*=0.01,0.1` |
/// | `TALLYMARK_FAMILIES_OFF` | [`families_off`](Self::families_off), as in `http_*,db_slow_queries_total` |
/// | `TALLYMARK_FAMILIES_ON` | [`families_on`](Self::families_on) |
/// | `TALLYMARK_ENABLED` | [`enabled`](Self::enabled): `on` or `off` |
/// | `PROMETHEUS_METRIC_NAMESPACE` | as `TALLYMARK_NAMESPACE`, if that is not set; may be empty |
/// | `PROMETHEUS_LATENCY_BUCKETS` | buckets of the durations of requests and statements, as in `0.01,0.1,1,inf`; the parentheses of Python may stay |
/// | `PROMETHEUS_EXPORT_MIGRATIONS` | whether the families of migrations are shown: `True` or `False` |
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use = "a configuration does nothing until it is installed"]
pub struct Config {
    namespace: Option<String>,
    naming: Option<Naming>,
    pub(in crate::registry) labels: Vec<(String, String)>,
    buckets: Vec<(Pattern, Vec<f64>)>,
    families: Vec<(Pattern, bool)>,
    /// The first pattern that cannot be one.
    fault: Option<String>,
    enabled: Option<bool>,
    deadline: Option<Duration>,
    pub(in crate::registry) count_series: bool,
    pub(in crate::registry) created: bool,
}

impl Config {
    /// The [variables](Self#environment) of the environment that begin with `TALLYMARK_`.
    pub const VARIABLES: [&str; 7] = [
        "TALLYMARK_NAMESPACE",
        "TALLYMARK_NAMING",
        "TALLYMARK_LABELS",
        "TALLYMARK_BUCKETS",
        "TALLYMARK_FAMILIES_OFF",
        "TALLYMARK_FAMILIES_ON",
        "TALLYMARK_ENABLED",
    ];

    /// No namespace, no constant labels, two seconds for collectors.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts `<namespace>_` before the name of every metric whose author gave it no namespace, those of layers, bridges and
    /// collectors included, whatever the [naming](Self::naming).
    ///
    /// Names that begin with `process_` or `tallymark_` stay as they are: other people's dashboards know them.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Sets which names the families of all layers have.
    pub fn naming(mut self, naming: Naming) -> Self {
        self.naming = Some(naming);
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

    /// Sets the bounds of the buckets of a layer's family, or of all histograms of layers whose names have a prefix: `http_*`. The
    /// most specific pattern wins. A family is named without a namespace or with it.
    ///
    /// Histograms that are declared with an attribute have their buckets there, and keep them.
    pub fn buckets(mut self, family: &str, bounds: impl Into<Vec<f64>>) -> Self {
        match Pattern::parse(family) {
            Some(pattern) => self.buckets.push((pattern, bounds.into())),
            None => self.refuse(family),
        }
        self
    }

    /// Leaves families out of all expositions and snapshots, by name or by prefix, as in `db_*`. A family is named without a
    /// namespace or with it.
    ///
    /// What is declared with an attribute goes on counting, at the same cost. A layer that is built later skips what it can.
    pub fn families_off<'a>(self, families: impl IntoIterator<Item = &'a str>) -> Self {
        self.switch(families, false)
    }

    /// Shows families that a less specific pattern of [`families_off`](Self::families_off) leaves out.
    ///
    /// ```
    /// use tallymark_core::registry::Config;
    ///
    /// let only_requests = Config::new().families_off(["*"]).families_on(["http_requests_total"]);
    /// # let _ = only_requests;
    /// ```
    pub fn families_on<'a>(self, families: impl IntoIterator<Item = &'a str>) -> Self {
        self.switch(families, true)
    }

    /// Sets whether there are any metrics. If not, expositions and snapshots are empty, no collector runs, HTTP layers that are
    /// built later pass requests on, and caches that are built later read no clock. What else counts goes on doing so, in
    /// memory, at the cost of counting; a program that is built with `RUSTFLAGS="--cfg tallymark_off"` has no such cost, and there are
    /// no metrics then whatever is set here.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = Some(enabled);
        self
    }

    /// How long a scrape waits for collectors and for gauges that are functions: two seconds by default. Those that
    /// take longer are missing from that scrape, and counted in `tallymark_collector_errors_total`.
    pub fn collector_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
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

    fn switch<'a>(mut self, families: impl IntoIterator<Item = &'a str>, on: bool) -> Self {
        for family in families {
            match Pattern::parse(family) {
                Some(pattern) => self.families.push((pattern, on)),
                None => self.refuse(family),
            }
        }
        self
    }

    fn refuse(&mut self, family: &str) {
        self.fault.get_or_insert_with(|| family.to_owned());
    }

    /// Checks what can be checked without knowing the metrics.
    pub(in crate::registry) fn check(&self) -> Result<(), ConfigError> {
        if let Some(family) = &self.fault {
            return Err(ConfigError::Family(family.clone()));
        }
        if let Some(namespace) = &self.namespace {
            if lint::namespace_fault(namespace, false).is_some() {
                return Err(ConfigError::Namespace(namespace.clone()));
            }
        }
        for (at, (name, _)) in self.labels.iter().enumerate() {
            let twice = self.labels.iter().take(at).any(|(earlier, _)| earlier == name);
            if twice || lint::label_fault(name, true).is_some() {
                return Err(ConfigError::Label(name.clone()));
            }
        }
        for (pattern, bounds) in &self.buckets {
            if let Err(source) = Buckets::leak(bounds) {
                return Err(ConfigError::Buckets { family: pattern.to_string(), source });
            }
        }
        Ok(())
    }

    /// Takes from `others` what is not set here.
    pub(in crate::registry) fn or(mut self, others: &Self) -> Self {
        self.namespace = self.namespace.or_else(|| others.namespace.clone());
        self.naming = self.naming.or(others.naming);
        self.enabled = self.enabled.or(others.enabled);
        for (name, value) in &others.labels {
            if !self.labels.iter().any(|(own, _)| own == name) {
                self.labels.push((name.clone(), value.clone()));
            }
        }
        // However specific theirs are, what is set here goes before.
        self.buckets.extend(behind(&others.buckets));
        self.families.extend(behind(&others.families));
        self
    }

    pub(in crate::registry) fn deadline(&self) -> Duration {
        self.deadline.unwrap_or(DEADLINE)
    }

    pub(in crate::registry) fn is_enabled(&self) -> bool {
        !OFF && self.enabled.unwrap_or(true)
    }

    pub(in crate::registry) fn naming_or_default(&self) -> Naming {
        self.naming.unwrap_or_default()
    }

    /// The namespace of metrics that have none of their own.
    pub(in crate::registry) fn common_namespace(&self) -> Option<&str> {
        self.namespace.as_deref().or_else(|| self.naming.and_then(Naming::namespace))
    }

    /// Whether metrics may be shown under names that are not their own.
    pub(in crate::registry) fn renames(&self) -> bool {
        self.common_namespace().is_some()
    }

    /// The name under which a declared metric is shown, if it is not its own.
    pub(in crate::registry) fn rename(&self, name: &str, namespaced: bool) -> Option<String> {
        let namespace = self.common_namespace()?;
        let fixed = namespaced || name.starts_with("process_") || name.starts_with("tallymark_");
        (!fixed).then(|| format!("{namespace}_{name}"))
    }

    /// Whether some families may be left out.
    pub(in crate::registry) fn hides_any(&self) -> bool {
        !self.families.is_empty() || !self.is_enabled()
    }

    /// Whether a family is shown that has these names: that it was declared with, and that it is shown under.
    pub(in crate::registry) fn shows(&self, names: &[&str]) -> bool {
        self.is_enabled() && closest(&self.families, names).copied().unwrap_or(true)
    }

    /// The bounds that were set for a family of these names.
    pub(in crate::registry) fn bounds(&self, names: &[&str]) -> Option<&[f64]> {
        closest(&self.buckets, names).map(Vec::as_slice)
    }

    /// Whether bounds were set for the family of just this name.
    pub(in crate::registry) fn names_buckets(&self, name: &str) -> bool {
        self.buckets.iter().any(|(pattern, _)| pattern.is(name))
    }
}

/// What was set by patterns, as that of a source that another one goes before.
fn behind<T: Clone>(set: &[(Pattern, T)]) -> impl Iterator<Item = (Pattern, T)> {
    set.iter().map(|(pattern, value)| (pattern.behind_another(), value.clone()))
}
