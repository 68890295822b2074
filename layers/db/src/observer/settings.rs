//! What is chosen for one database.

use super::slow::OnSlow;
use crate::{Vendor, models::Home};
use std::{sync::OnceLock, time::Duration};
use tallymark_core::{
    Buckets, Naming, place,
    registry::{Declaration, LayerSettings},
};

/// See [`DatabaseBuilder`](super::DatabaseBuilder), which fills it.
pub(super) struct Settings {
    pub(super) name: String,
    /// Empty until somebody knows.
    pub(super) vendor: OnceLock<Vendor>,
    /// The schema that names without one are looked for in. Empty until somebody knows.
    pub(super) schema: OnceLock<String>,
    /// What the application has set for all layers.
    pub(super) common: LayerSettings,
    /// That of the builder, else that of all layers.
    pub(super) naming: Naming,
    pub(super) namespace: Option<String>,
    pub(super) buckets: Option<&'static Buckets>,
    /// The threshold above which a statement is slow.
    pub(super) slow_threshold: Duration,
    pub(super) on_slow: Option<OnSlow>,
    pub(super) n_plus_one: u32,
    pub(super) sqlstate_classes: bool,
    pub(super) on_statement: bool,
}

impl Settings {
    #[inline]
    pub(super) fn vendor(&self) -> Vendor {
        self.vendor.get().copied().unwrap_or(Vendor::Other)
    }

    pub(super) fn home(&self) -> Home<'_> {
        match (self.schema.get(), self.vendor()) {
            (Some(schema), _) => Home::Known(schema),
            (None, Vendor::Sqlite) => Home::Known("main"),
            // Unless `search_path` says otherwise.
            (None, Vendor::Postgresql) => Home::Likely("public"),
            (None, Vendor::Mysql | Vendor::Other) => Home::Unknown,
        }
    }

    /// Returns the bounds of a family of durations that the application sets for all layers, or else the usual ones.
    pub(super) fn buckets(&self, family: &str, usual: &'static Buckets) -> &'static Buckets {
        self.common.buckets(self.namespace.as_deref(), family).unwrap_or(usual)
    }

    /// Returns a declaration in the namespace, if there is one.
    pub(super) fn declaration(&self, name: &str, help: &str) -> Declaration {
        Declaration::new(name, help, place!()).namespace(self.namespace.as_deref())
    }
}
