//! What all layers of one HTTP service share, whichever framework they are for.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        LazyLock, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tallymark_core::{LabelSet, Naming, request::UnitObserver};

use crate::{current::LayerId, families::Families, route::Routes};

/// The families and routes of one service. Lives as long as the program, like its families.
pub(crate) struct LayerState<L: LabelSet + 'static> {
    pub(crate) families: Families<L>,
    pub(crate) routes: Routes,
    /// Hears of the end of each request, if a layer is linked that counts in requests.
    pub(crate) observer: Option<&'static dyn UnitObserver>,
    pub(crate) enabled: bool,
    /// A layer that is switched off has none: it is as if it were not there, for those around it and within it.
    pub(crate) id: LayerId,
    /// Whether the layer around the service observes the durations of handlers, too, as long as there is no layer
    /// closer to them.
    times_handlers: AtomicBool,
}

impl<L: LabelSet + 'static> LayerState<L> {
    pub(crate) fn new(
        families: Families<L>,
        routes: Routes,
        observer: Option<&'static dyn UnitObserver>,
        enabled: bool,
        id: LayerId,
    ) -> Self {
        // Dashboards written for django-prometheus show this number, so it must not be missing.
        let times_handlers = AtomicBool::new(matches!(families, Families::Django(_)));
        Self { families, routes, observer, enabled, id, times_handlers }
    }

    /// Records that there is a layer at the handlers.
    pub(crate) fn has_handler_layer(&self) {
        self.times_handlers.store(false, Ordering::Relaxed);
    }

    #[inline]
    pub(crate) fn times_handlers(&self) -> bool {
        self.times_handlers.load(Ordering::Relaxed)
    }
}

/// Returns the identity of the layers that count in these families: a namespace and a naming.
///
/// Two that are built alike have the same, since a request that passes both is one request in those families.
pub(crate) fn layer_id(namespace: Option<&str>, naming: Naming) -> LayerId {
    type Known = HashMap<(Option<String>, Naming), LayerId>;
    static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let next = LayerId::numbered(known.len());
    *known.entry((namespace.map(str::to_owned), naming)).or_insert(next)
}

impl<L: LabelSet + 'static> fmt::Debug for LayerState<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LayerState")
            .field("labels", &L::NAMES)
            .field("enabled", &self.enabled)
            .finish_non_exhaustive()
    }
}
