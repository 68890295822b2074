//! The series of one metric, whatever their labels.

use super::{
    idle::Idle,
    interned::Interned,
    options::{MAX_SERIES, Options},
    removed::Removed,
    shape::Shape,
    store::Store,
};
use crate::cell::{self, First, Once, UNASSIGNED};

/// The series of one metric without the type of their labels. All zeros as long as nothing was counted and no option
/// given.
pub struct ErasedSeries {
    /// The first slot, if the slots are in a row. Otherwise the most series that are shown at once, or nothing.
    pub(crate) first: First,
    pub(crate) options: Options,
    lazy: Once<LazyState>,
}

/// What a metric comes to need whose slots are not in a row, or whose series were removed.
struct LazyState {
    interned: Interned,
    removal: Once<RemovalState>,
}

/// What a family comes to need whose series are removed.
#[derive(Default)]
struct RemovalState {
    removed: Removed,
    idle: Idle,
}

impl ErasedSeries {
    pub(crate) const fn new() -> Self {
        Self { first: First::new(), options: Options::DEFAULT, lazy: Once::new() }
    }

    /// The first slot of the row, which may be [`UNASSIGNED`].
    #[inline(always)]
    pub(crate) fn first(&self) -> u32 {
        self.first.get()
    }

    /// The first slot of the row without the mark of a series that keeps something beside its cells.
    #[inline(always)]
    pub(crate) fn first_cell(&self) -> u32 {
        cell::unmarked(self.first())
    }

    /// The first slot, if nothing was asked for and nothing was ever removed.
    pub(crate) fn only_slot(&self) -> Option<u32> {
        (self.options.are_default() && self.lazy.get().is_none()).then(|| self.first())
    }

    /// Whether anything was ever counted here, or looked up.
    pub(crate) fn has_slots(&self) -> bool {
        self.first() != UNASSIGNED || self.lazy.get().is_some()
    }

    /// The series that were looked up, if any was.
    #[inline(always)]
    pub(crate) fn interned(&self) -> Option<&Interned> {
        self.lazy.get().map(|lazy| &lazy.interned)
    }

    /// The series that were removed, if any was.
    pub(crate) fn removed(&self) -> Option<&Removed> {
        self.lazy.get()?.removed()
    }

    /// How often a label set was turned away to the overflow series.
    pub(crate) fn dropped(&self) -> u64 {
        self.interned().map_or(0, Interned::dropped)
    }

    /// The table of looked-up series, which is made unless there is one.
    pub(crate) fn table(&self, shape: Shape, store: Store) -> &Interned {
        &self.lazy(shape, store).interned
    }

    /// What is known of removed and of idle series.
    pub(crate) fn removal(&self, shape: Shape, store: Store) -> (&Removed, &Idle) {
        let state = self.lazy(shape, store).removal.get_or_init(RemovalState::default);
        (&state.removed, &state.idle)
    }

    /// The most series that are shown at once where slots are looked up.
    pub(crate) fn max_series(&self, shape: Shape) -> u32 {
        match self.first() {
            // There are as many series as the type has values.
            _ if shape.is_closed() => u32::MAX,
            UNASSIGNED => MAX_SERIES,
            max => max,
        }
    }

    fn lazy(&self, shape: Shape, store: Store) -> &LazyState {
        self.lazy.get_or_init(|| {
            let interned = Interned::new(shape.names.len(), store, self.max_series(shape));
            LazyState { interned, removal: Once::new() }
        })
    }
}

impl LazyState {
    fn removed(&self) -> Option<&Removed> {
        self.removal.get().map(|state| &state.removed)
    }
}
