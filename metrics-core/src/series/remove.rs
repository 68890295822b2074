//! Removing series.

use super::{Removed, Series, Store, visit::for_each_cells};
use crate::{
    cell::{self, Layout, Scope, UNASSIGNED},
    extra,
    label::LabelSet,
    series::visit_words,
};
use std::{sync::atomic::Ordering, time::Duration};

impl<L> Series<L> {
    /// Takes off `cells` what they held when the series was removed. Answers whether it is still to be hidden.
    #[inline]
    pub(super) fn take_off_base(&self, slot: u32, layout: Layout, scope: Scope, cells: &mut [u64]) -> bool {
        // Nothing was ever removed of most families.
        self.removed().is_some_and(|removed| removed.take_off_base(slot, layout, scope, cells))
    }
}

impl Removed {
    #[cold]
    fn take_off_base(&self, slot: u32, layout: Layout, scope: Scope, cells: &mut [u64]) -> bool {
        let mut bases = self.lock();
        let Some(base) = bases.get_mut(&slot) else { return false };
        if scope == Scope::Process {
            for (offset, (cell, base)) in cells.iter_mut().zip(&base.cells).enumerate() {
                *cell = if offset < usize::from(layout.integers) {
                    cell.wrapping_sub(*base)
                } else {
                    (f64::from_bits(*cell) - f64::from_bits(*base)).to_bits()
                };
            }
            if cells.iter().any(|&cell| cell != 0) {
                self.unhide(base);
            }
        }
        base.hidden
    }
}

impl<L: LabelSet> Series<L> {
    /// When the series was removed, if it was.
    pub(super) fn removed_at(&self, slot: u32) -> Option<Duration> {
        Some(self.removed()?.lock().get(&slot)?.at)
    }

    pub(super) fn hide(&self, slot: u32, store: Store) {
        match store {
            Store::Cells(layout, _) => {
                let cells = cell::sum(Scope::Process, slot, layout);
                self.more(store).rare().removed.hide(slot, cells.into_boxed_slice());
                if let Some(extra) = extra::at(slot) {
                    extra.forget();
                }
            }
            Store::Words(absent) => cell::word(slot).store(absent, Ordering::Relaxed),
        }
    }

    /// Removes one series. Answers whether there was one to remove.
    pub(crate) fn remove(&self, labels: &L::Borrowed<'_>, store: Store) -> bool {
        let Some(slot) = self.existing_slot(labels, store) else { return false };
        let found = match store {
            Store::Cells(layout, _) => {
                let mut cells = cell::sum(Scope::Process, slot, layout);
                let hidden = self.take_off_base(slot, layout, Scope::Process, &mut cells);
                self.is_shown(!Self::IN_A_ROW, hidden, &cells)
            }
            Store::Words(absent) => cell::word(slot).load(Ordering::Relaxed) != absent,
        };
        if found {
            self.hide(slot, store);
        }
        found
    }

    /// Removes the series whose label texts `matches` accepts. Answers how many.
    pub(crate) fn remove_matching(&self, mut matches: impl FnMut(&[&str]) -> bool, store: Store) -> usize {
        let mut slots = Vec::new();
        self.shown(store, |slot, texts| {
            if matches(texts) {
                slots.push(slot);
            }
        });
        for &slot in &slots {
            self.hide(slot, store);
        }
        slots.len()
    }

    /// Calls `each` with the slot and label texts of each series that is shown and has a slot.
    pub(super) fn shown(&self, store: Store, mut each: impl FnMut(u32, &[&str])) {
        match store {
            Store::Cells(layout, _) => {
                for_each_cells(self, layout, Scope::Process, |labels, slot, created, hidden, cells| {
                    if slot != UNASSIGNED && self.is_shown(created, hidden, cells) {
                        each(slot, labels.values());
                    }
                });
            }
            Store::Words(absent) => visit_words(self, |labels, slot, bits| {
                if let Some(slot) = slot.filter(|_| bits != absent) {
                    each(slot, labels.values());
                }
            }),
        }
    }

    /// Whether a scrape shows a series: one that counted, or one that someone asked for by its labels, or every one
    /// of a family without labels or with `init`; the last two unless it was removed since.
    pub(super) fn is_shown(&self, created: bool, hidden: bool, cells: &[u64]) -> bool {
        let always = created || L::NAMES.is_empty() || self.options.init();
        (always && !hidden) || cells.iter().any(|&cell| cell != 0)
    }
}
