//! Settings from environment variables.

use super::{builder::Config, error::ConfigError};
use crate::naming::Naming;
use std::{env, ffi::OsString, sync::OnceLock};

/// What each variable may hold, as an error says it.
mod allowed {
    pub(super) const NAMESPACE: &str =
        "lower-case letters and digits, one underscore between words, a letter first";
    pub(super) const NAMING: &str = "`standard`, `django` or `hyperdjango`";
    pub(super) const LABELS: &str = "names and values of labels, as in `region=north,tier=gold`";
    pub(super) const BUCKETS: &str =
        "families and their bounds, sorted, as in `http_request_duration_seconds=0.05,0.25,1;db_*=0.01,0.1`";
    pub(super) const FAMILIES: &str =
        "names of families and beginnings of names, as in `http_requests_total,db_*`";
    pub(super) const SWITCH: &str = "`on` or `off`";
    pub(super) const LATENCY: &str = "bounds in seconds, sorted, as in `0.01,0.1,1,inf`";
    pub(super) const BOOLEAN: &str = "`True` or `False`";
}

/// The families whose buckets `PROMETHEUS_LATENCY_BUCKETS` sets for django-prometheus, and their equivalents.
const LATENCIES: [&str; 6] = [
    "django_http_requests_latency_including_middlewares_seconds",
    "django_http_requests_latency_seconds_by_view_method",
    "django_db_query_duration_seconds",
    "http_request_duration_seconds",
    "http_handler_duration_seconds",
    "db_query_duration_seconds",
];

/// The families of migrations.
const MIGRATIONS: [&str; 2] = ["db_migrations_*", "django_migrations_*"];

/// The settings from the environment, which is read once.
pub(in crate::registry) fn environment() -> Result<&'static Config, ConfigError> {
    static ENVIRONMENT: OnceLock<Result<Config, ConfigError>> = OnceLock::new();
    ENVIRONMENT.get_or_init(|| read(&|variable| env::var_os(variable))).as_ref().map_err(Clone::clone)
}

/// Switches a family.
type Switch = fn(Config, &str) -> Config;

type Read<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// Reads all variables. One of ours that is set to nothing is wrong: a setting got lost on the way.
pub(super) fn read(variables: Read<'_>) -> Result<Config, ConfigError> {
    let text = |variable, allowed| {
        let text = text(variables, variable, allowed)?;
        if text.as_deref() == Some("") { Err(invalid(variable, "", allowed)) } else { Ok(text) }
    };
    let mut config = Config::new().or(&from_django(variables)?);
    if let Some(namespace) = text("TALLYMARK_NAMESPACE", allowed::NAMESPACE)? {
        config =
            checked(config.namespace(&namespace), "TALLYMARK_NAMESPACE", &namespace, allowed::NAMESPACE)?;
    }
    if let Some(naming) = text("TALLYMARK_NAMING", allowed::NAMING)? {
        config = config.naming(match naming.as_str() {
            "standard" => Naming::Standard,
            "django" => Naming::Django,
            "hyperdjango" => Naming::HyperDjango,
            other => return Err(invalid("TALLYMARK_NAMING", other, allowed::NAMING)),
        });
    }
    if let Some(labels) = text("TALLYMARK_LABELS", allowed::LABELS)? {
        for label in labels.split(',').map(str::trim) {
            let wrong = || invalid("TALLYMARK_LABELS", label, allowed::LABELS);
            let (name, value) = label.split_once('=').ok_or_else(wrong)?;
            config = config.label(name, value);
            config.check().map_err(|_| wrong())?;
        }
    }
    if let Some(buckets) = text("TALLYMARK_BUCKETS", allowed::BUCKETS)? {
        for family in buckets.split(';').map(str::trim) {
            let wrong = || invalid("TALLYMARK_BUCKETS", family, allowed::BUCKETS);
            let (pattern, list) = family.split_once('=').ok_or_else(wrong)?;
            config = config.buckets(pattern.trim(), bounds(list).ok_or_else(wrong)?);
            config.check().map_err(|_| wrong())?;
        }
    }
    let switches: [(_, Switch); 2] = [
        ("TALLYMARK_FAMILIES_OFF", |config, family| config.families_off([family])),
        ("TALLYMARK_FAMILIES_ON", |config, family| config.families_on([family])),
    ];
    for (variable, switch) in switches {
        if let Some(families) = text(variable, allowed::FAMILIES)? {
            for family in families.split(',').map(str::trim) {
                config = checked(switch(config, family), variable, family, allowed::FAMILIES)?;
            }
        }
    }
    match text("TALLYMARK_ENABLED", allowed::SWITCH)?.as_deref() {
        None => Ok(config),
        Some("on") => Ok(config.enabled(true)),
        Some("off") => Ok(config.enabled(false)),
        Some(other) => Err(invalid("TALLYMARK_ENABLED", other, allowed::SWITCH)),
    }
}

/// Reads the settings of django-prometheus that people have in files. An empty namespace, which is the default there, means no namespace.
fn from_django(variables: Read<'_>) -> Result<Config, ConfigError> {
    let mut config = Config::new();
    let variable = "PROMETHEUS_METRIC_NAMESPACE";
    let namespace = text(variables, variable, allowed::NAMESPACE)?;
    if let Some(namespace) = namespace.filter(|namespace| !namespace.is_empty()) {
        config = checked(config.namespace(&namespace), variable, &namespace, allowed::NAMESPACE)?;
    }
    let variable = "PROMETHEUS_LATENCY_BUCKETS";
    if let Some(list) = text(variables, variable, allowed::LATENCY)? {
        let bounds = python_bounds(&list).ok_or_else(|| invalid(variable, &list, allowed::LATENCY))?;
        for family in LATENCIES {
            config = config.buckets(family, bounds.clone());
        }
        config = checked(config, variable, &list, allowed::LATENCY)?;
    }
    let variable = "PROMETHEUS_EXPORT_MIGRATIONS";
    match text(variables, variable, allowed::BOOLEAN)?.as_deref() {
        None => Ok(config),
        Some("True" | "true" | "1") => Ok(config.families_on(MIGRATIONS)),
        Some("False" | "false" | "0" | "") => Ok(config.families_off(MIGRATIONS)),
        Some(other) => Err(invalid(variable, other, allowed::BOOLEAN)),
    }
}

/// Reads bounds as a setting of Django writes them: with parentheses or brackets or without, the last one infinite or not.
fn python_bounds(list: &str) -> Option<Vec<f64>> {
    let list = list.trim();
    let inner = [('(', ')'), ('[', ']')]
        .into_iter()
        .find_map(|(open, close)| list.strip_prefix(open)?.strip_suffix(close))
        .unwrap_or(list);
    let inner = inner.trim().trim_end_matches(',');
    let plain: String = inner.replace("float(\"inf\")", "inf").replace("float('inf')", "inf");
    let mut bounds: Vec<f64> =
        plain.split(',').map(|bound| bound.trim().parse().ok()).collect::<Option<_>>()?;
    // The bucket for everything above is always there.
    if bounds.last() == Some(&f64::INFINITY) {
        bounds.pop();
    }
    Some(bounds)
}

fn bounds(list: &str) -> Option<Vec<f64>> {
    list.split(',').map(|bound| bound.trim().parse().ok()).collect()
}

fn text(
    variables: Read<'_>,
    variable: &'static str,
    allowed: &'static str,
) -> Result<Option<String>, ConfigError> {
    let text = variables(variable).map(OsString::into_string).transpose();
    text.map_err(|text| invalid(variable, &text.to_string_lossy(), allowed))
}

/// Blames a variable for what is wrong with the setting.
fn checked(
    config: Config,
    variable: &'static str,
    value: &str,
    allowed: &'static str,
) -> Result<Config, ConfigError> {
    config.check().map_err(|_| invalid(variable, value, allowed))?;
    Ok(config)
}

fn invalid(variable: &'static str, value: &str, allowed: &'static str) -> ConfigError {
    ConfigError::Variable { variable, value: value.to_owned(), allowed }
}
