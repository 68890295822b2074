//! What a builder sets of its families.

use tallymark_core::{Buckets, BucketsError, Naming, registry::LayerSettings};

use crate::{
    error::BuildError,
    families::{Chosen, Settings},
};

/// What a builder sets of its families. What it leaves open, the settings of all layers decide.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub(crate) naming: Option<Naming>,
    pub(crate) namespace: Option<String>,
    pub(crate) chosen: Chosen,
    pub(crate) durations: Option<Result<&'static Buckets, BucketsError>>,
    pub(crate) sizes: Option<Result<&'static Buckets, BucketsError>>,
    pub(crate) max_series: u32,
    pub(crate) quirks: bool,
    pub(crate) enabled: Option<bool>,
}

impl Default for Choice {
    fn default() -> Self {
        Self {
            naming: None,
            namespace: None,
            chosen: Chosen::ALL,
            durations: None,
            sizes: None,
            max_series: 2000,
            quirks: false,
            enabled: None,
        }
    }
}

impl Choice {
    /// Returns what holds, by this and by the settings of all layers.
    pub(crate) fn settle(self) -> Result<Settings, BuildError> {
        let buckets = |setting, buckets: Result<_, _>| {
            buckets.map_err(|source| BuildError::Buckets { setting, source })
        };
        let common = LayerSettings::of(env!("CARGO_PKG_NAME"))?;
        let own_namespace = || self.naming.and_then(Naming::namespace).map(str::to_owned);
        Ok(Settings {
            common,
            naming: self.naming.unwrap_or_else(|| common.naming()),
            namespace: self.namespace.or_else(own_namespace),
            enabled: self.enabled.unwrap_or_else(|| common.is_enabled()),
            chosen: self.chosen,
            durations: self.durations.map(|set| buckets("duration_buckets", set)).transpose()?,
            sizes: self.sizes.map(|set| buckets("size_buckets", set)).transpose()?,
            max_series: self.max_series,
            quirks: self.quirks,
        })
    }
}
