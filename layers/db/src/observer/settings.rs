//! What is chosen for one database.

use super::slow::OnSlow;
use crate::{Vendor, models::Home};
use std::{sync::OnceLock, time::Duration};
use tallymark_core::{Naming, place, registry::Declaration};

/// See [`DatabaseBuilder`](super::DatabaseBuilder), which fills it.
pub(super) struct Settings {
    pub(super) name: String,
    /// Empty until somebody knows.
    pub(super) vendor: OnceLock<Vendor>,
    /// The schema that names without one are looked for in. Empty until somebody knows.
    pub(super) schema: OnceLock<String>,
    pub(super) naming: Naming,
    pub(super) namespace: Option<String>,
    pub(super) buckets: Option<Vec<f64>>,
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

    /// Returns a declaration in the namespace, if there is one.
    pub(super) fn declaration(&self, name: &str, help: &str) -> Declaration {
        Declaration::new(name, help, place!()).namespace(self.namespace.as_deref())
    }
}
