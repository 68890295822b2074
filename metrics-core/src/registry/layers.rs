//! What instrumentation layers ask for: what the application has set for all of them.

use super::{
    config::{Config, ConfigError, environment},
    state::Registry,
};
use crate::{naming::Naming, value::Buckets};
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// What the application has set for all instrumentation layers, by [`Config`] or in the environment.
///
/// A layer asks when it is built, for whatever its own builder does not set. Namespace, constant labels and what is left out
/// need no layer: they hold for whatever is shown.
///
/// ```
/// use tallymark_core::{Naming, bucket_layouts, registry::{ConfigError, LayerSettings}};
///
/// # fn main() -> Result<(), ConfigError> {
/// let settings = LayerSettings::of(env!("CARGO_PKG_NAME"))?;
/// assert_eq!(settings.naming(), Naming::Standard);
/// let buckets = settings.buckets(None, "mail_send_duration_seconds").unwrap_or(bucket_layouts::DEFAULT);
/// # let _ = buckets;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct LayerSettings {
    layer: &'static str,
}

/// What layers were told, so that a configuration which comes later says if it is too late.
#[derive(Debug)]
struct Told {
    naming: Option<(Naming, &'static str)>,
    /// By the names of a family.
    bounds: BTreeMap<Vec<String>, (Option<Vec<f64>>, &'static str)>,
}

static TOLD: Mutex<Told> = Mutex::new(Told { naming: None, bounds: BTreeMap::new() });

fn told() -> MutexGuard<'static, Told> {
    TOLD.lock().unwrap_or_else(PoisonError::into_inner)
}

impl LayerSettings {
    /// Returns the settings for the layer of this package.
    ///
    /// # Errors
    ///
    /// If one of the [environment variables](Config#environment) is not valid.
    pub fn of(layer: &'static str) -> Result<Self, ConfigError> {
        environment()?;
        Ok(Self { layer })
    }

    /// Returns the naming for a layer whose own builder sets none.
    pub fn naming(self) -> Naming {
        let mut told = told();
        let naming = Registry::global().config().naming_or_default();
        told.naming.get_or_insert((naming, self.layer));
        naming
    }

    /// Returns the buckets of a family whose layer's own builder sets none, if the application sets them. The family is
    /// named without its namespace, which is given if the layer has one of its own.
    pub fn buckets(self, namespace: Option<&str>, family: &str) -> Option<&'static Buckets> {
        let mut told = told();
        let config = Registry::global().config();
        let names = names(&config, namespace, family);
        let bounds = bounds(&config, &names);
        // Checked when they were set.
        let buckets = bounds.as_deref().and_then(|bounds| Buckets::leak(bounds).ok());
        told.bounds.insert(own_names(namespace, family), (bounds, self.layer));
        buckets
    }

    /// Whether a family is shown, as far as that is known now. What is not shown need not be counted.
    pub fn shows(self, namespace: Option<&str>, family: &str) -> bool {
        let config = Registry::global().config();
        let names = names(&config, namespace, family);
        config.shows(&names.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Whether there are any metrics, as far as that is known now.
    pub fn is_enabled(self) -> bool {
        Registry::global().config().is_enabled()
    }
}

/// The names of a family that do not depend on the configuration.
fn own_names(namespace: Option<&str>, family: &str) -> Vec<String> {
    let in_namespace = namespace.map(|namespace| format!("{namespace}_{family}"));
    [family.to_owned()].into_iter().chain(in_namespace).collect()
}

/// The names by which a family may be meant.
fn names(config: &Config, namespace: Option<&str>, family: &str) -> Vec<String> {
    let mut names = own_names(namespace, family);
    names.extend(config.rename(family, namespace.is_some()));
    names
}

fn bounds(config: &Config, names: &[String]) -> Option<Vec<f64>> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    config.bounds(&names).map(<[f64]>::to_vec)
}

/// Installs a configuration, unless a layer was told otherwise before.
pub(super) fn install(config: Config) -> Result<(), ConfigError> {
    // Held all the while, so that no layer asks in between.
    let told = told();
    let effective = config.clone().or(environment()?);
    let late = |setting: String, layer| Err(ConfigError::Late { setting, layer });
    if let Some((naming, layer)) = told.naming {
        if naming != effective.naming_or_default() {
            return late("`naming`".to_owned(), layer);
        }
    }
    for (own, (bounds_before, layer)) in &told.bounds {
        let mut names = own.clone();
        names.extend(own.first().filter(|_| own.len() == 1).and_then(|name| effective.rename(name, false)));
        if bounds(&effective, &names) != *bounds_before {
            return late(format!("`buckets` of `{}`", own.last().map_or("", String::as_str)), layer);
        }
    }
    Registry::global().install(config)
}
