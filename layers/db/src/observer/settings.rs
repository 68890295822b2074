//! What is chosen for one database.

use super::{families::declaration, slow::OnSlow};
use crate::{Naming, db::Vendor};
use std::{sync::OnceLock, time::Duration};
use tallymark_core::registry::Declaration;

/// See [`Builder`](super::Builder), which fills it.
pub(super) struct Settings {
    pub(super) name: String,
    /// Empty until somebody knows.
    pub(super) vendor: OnceLock<Vendor>,
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

    /// A declaration in the namespace.
    pub(super) fn declaration(&self, name: &str, help: &str) -> Declaration {
        declaration(self.namespace.as_deref(), name, help)
    }
}
