//! Series as everything sees them that does not count.

use crate::{
    cell::Slot,
    declared,
    outline::Outline,
    publish,
    series::{ErasedSeries, Idle, Interned, Removed, Shape, Store},
};

/// The series of one metric, what is known of their labels, and what their slots are.
///
/// Scrapes, removal, expiry and the first use of a family go through this, which does not know the type of the labels:
/// so they are compiled once, and not again for each label set.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub(super) series: &'a ErasedSeries,
    pub(super) shape: Shape,
    pub(super) store: Store,
}

impl<'a> View<'a> {
    #[inline]
    pub(super) const fn new(series: &'a ErasedSeries, shape: Shape, store: Store) -> Self {
        Self { series, shape, store }
    }

    /// Whether each series is to be shown before it is touched: where there are no labels, or with `init`.
    pub(crate) fn shows_untouched(self) -> bool {
        self.shape.names.is_empty() || self.series.options.init()
    }

    /// Whether the series keep exemplars.
    pub(crate) fn keeps_exemplars(self) -> bool {
        self.series.options.exemplars()
    }

    /// Returns what is known of the series before there are any.
    pub(crate) fn outline(self) -> Outline {
        let limited = (!self.shape.is_closed()).then(|| self.series.max_series(self.shape) as usize);
        self.shape.outline(limited)
    }

    /// The table of series that are looked up.
    pub(super) fn table(self) -> &'a Interned {
        self.series.table(self.shape, self.store)
    }

    /// What is known of removed and of idle series.
    pub(super) fn removal(self) -> (&'a Removed, &'a Idle) {
        self.series.removal(self.shape, self.store)
    }

    /// Assigns the row its slots.
    #[cold]
    pub(super) fn assign(self) -> u32 {
        declared::assign_declared();
        self.store.assign(&self.series.first, self.shape.row().unwrap_or(0), |first| {
            publish::row(self.series, self.shape, self.store, first);
        })
    }

    /// The slot of the series with these texts: that which it has, a new one, or that of the overflow series.
    #[cold]
    pub(super) fn find_or_create(self, texts: &[&str]) -> Slot {
        let published = publish::family(self.series, self.store);
        self.table().find_or_create(texts, &|| self.series.removed(), &|slot, texts| {
            publish::series(published, slot, texts);
        })
    }

    /// A slot that is not shown, for a label set whose number is beyond its type's cardinality. It is counted as dropped.
    #[cold]
    pub(super) fn misnumbered(self) -> u32 {
        self.table().drop_one();
        self.store.nowhere()
    }
}
