//! Removing series.

use super::{Removed, Store, View, visit::Found};
use crate::{
    cell::{self, Layout, Scope, UNASSIGNED},
    extra,
    visit::Labels,
};
use std::{sync::atomic::Ordering, time::Duration};

impl Removed {
    /// Takes off `cells` what they held when the series was removed. Answers whether it is still to be hidden.
    #[inline]
    pub(super) fn take_off(
        removed: Option<&Self>,
        slot: u32,
        layout: Layout,
        scope: Scope,
        cells: &mut [u64],
    ) -> bool {
        // Nothing was ever removed of most families.
        removed.is_some_and(|removed| removed.take_off_base(slot, layout, scope, cells))
    }

    #[cold]
    fn take_off_base(&self, slot: u32, layout: Layout, scope: Scope, cells: &mut [u64]) -> bool {
        let mut bases = self.lock();
        let Some(base) = bases.get_mut(&slot) else { return false };
        if scope == Scope::Process {
            for (offset, (cell, base)) in cells.iter_mut().zip(&base.cells).enumerate() {
                *cell = if offset < usize::from(layout.floats) {
                    (f64::from_bits(*cell) - f64::from_bits(*base)).to_bits()
                } else {
                    cell.wrapping_sub(*base)
                };
            }
            if cells.iter().any(|&cell| cell != 0) {
                self.unhide(base);
            }
        }
        base.hidden
    }
}

impl View<'_> {
    /// When the series was removed, if it was.
    pub(super) fn removed_at(self, slot: u32) -> Option<Duration> {
        Some(self.bare.removed()?.lock().get(&slot)?.at)
    }

    pub(super) fn hide(self, slot: u32) {
        match self.store {
            Store::Cells(layout, _) => {
                let cells = cell::sum(Scope::Process, slot, layout);
                self.more().rare().removed.hide(slot, cells.into_boxed_slice());
                if let Some(extra) = extra::at(slot) {
                    extra.forget();
                }
            }
            Store::Words(absent) => cell::word(slot).store(absent, Ordering::Relaxed),
        }
    }

    /// Removes the series with this slot. Answers whether it was there to be removed.
    pub(super) fn remove(self, slot: u32) -> bool {
        let found = match self.store {
            Store::Cells(layout, _) => {
                let mut cells = cell::sum(Scope::Process, slot, layout);
                let hidden = Removed::take_off(self.bare.removed(), slot, layout, Scope::Process, &mut cells);
                let created = self.shape.row().is_none();
                self.is_shown(&Found { labels: Labels::NONE, slot, created, hidden, cells: &cells })
            }
            Store::Words(absent) => cell::word(slot).load(Ordering::Relaxed) != absent,
        };
        if found {
            self.hide(slot);
        }
        found
    }

    /// Removes the series whose label texts `matches` accepts. Answers how many.
    pub(crate) fn remove_matching(self, matches: &mut dyn FnMut(&[&str]) -> bool) -> usize {
        let mut slots = Vec::new();
        self.shown(&mut |slot, texts| {
            if matches(texts) {
                slots.push(slot);
            }
        });
        for &slot in &slots {
            self.hide(slot);
        }
        slots.len()
    }

    /// Calls `each` with the slot and label texts of each series that is shown and has a slot.
    pub(super) fn shown(self, each: &mut dyn FnMut(u32, &[&str])) {
        match self.store {
            Store::Cells(..) => {
                self.each_series(Scope::Process, &mut |found| {
                    if found.slot != UNASSIGNED && self.is_shown(&found) {
                        each(found.slot, found.labels.values());
                    }
                });
            }
            Store::Words(absent) => self.each_word(&mut |labels, slot, bits| {
                if let Some(slot) = slot.filter(|_| bits != absent) {
                    each(slot, labels.values());
                }
            }),
        }
    }

    /// Whether a scrape shows a series: one that counted, or one that someone asked for by its labels, or every one
    /// of a family without labels or with `init`; the last two unless it was removed since.
    #[inline]
    pub(super) fn is_shown(self, found: &Found<'_>) -> bool {
        let always = found.created || self.shows_untouched();
        (always && !found.hidden) || found.cells.iter().any(|&cell| cell != 0)
    }
}
