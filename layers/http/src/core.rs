//! What every layer stands on, whichever framework it is for.

use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering},
};

use tallymark_core::LabelSet;

use super::{families::Families, route::Routes, scope::Scopes};

/// The families and routes of one layer. Lives as long as the program, like its families.
pub(super) struct Core<L: LabelSet + 'static> {
    pub(super) families: Families<L>,
    pub(super) routes: Routes,
    pub(super) scopes: Scopes,
    pub(super) enabled: bool,
    /// Whether the first layer stands for the handler too, as long as there is no layer closer to it.
    stands_in: AtomicBool,
}

impl<L: LabelSet + 'static> Core<L> {
    pub(super) fn new(families: Families<L>, routes: Routes, scopes: Scopes, enabled: bool) -> Self {
        // Dashboards written for django-prometheus show this number, so it must not be missing.
        let stands_in = matches!(families, Families::Django(_));
        Self { families, routes, scopes, enabled, stands_in: AtomicBool::new(stands_in) }
    }

    /// There is a layer at the handlers now.
    pub(super) fn has_handler_layer(&self) {
        self.stands_in.store(false, Ordering::Relaxed);
    }

    #[inline]
    pub(super) fn stands_in(&self) -> bool {
        self.stands_in.load(Ordering::Relaxed)
    }
}

impl<L: LabelSet + 'static> fmt::Debug for Core<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("labels", &L::NAMES)
            .field("enabled", &self.enabled)
            .finish_non_exhaustive()
    }
}
