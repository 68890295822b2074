//! Removing series.

use super::{view::View, visit::Found};
use crate::{
    attachments,
    cell::{self, Layout, Scope, UNASSIGNED},
    series::{Removed, Store},
    visit::Labels,
};
use std::time::Duration;

/// A mixture of sums, which changes when one of them does; when several do, all but certainly.
pub(super) fn mixed(cells: &[u64]) -> u64 {
    // The fractional part of the golden ratio: an odd number, so that each step can be undone.
    cells.iter().fold(0, |mix: u64, cell| (mix.rotate_left(7) ^ cell).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

impl View<'_> {
    /// When the series was removed, if it was.
    pub(super) fn removed_at(self, slot: u32) -> Option<Duration> {
        self.series.removed()?.removed_at(slot)
    }

    /// Removes the series, unless it has a level.
    pub(super) fn hide(self, slot: u32) {
        match self.store {
            Store::Cells(layout, _) => {
                self.hide_cells(slot, layout, |cells| !layout.has_level(cells));
            }
            Store::Words(absent) => cell::word(slot).clear(absent),
        }
    }

    /// Removes the series if what it has counted, or its word, is still in this state.
    pub(super) fn hide_if_still(self, slot: u32, state: u64) {
        match self.store {
            Store::Cells(layout, _) => {
                self.hide_cells(slot, layout, |cells| !layout.has_level(cells) && mixed(cells) == state);
            }
            Store::Words(absent) => cell::word(slot).clear_idle(state, absent),
        }
    }

    fn hide_cells(self, slot: u32, layout: Layout, right: impl FnOnce(&[u64]) -> bool) {
        let (removed, _) = self.removal();
        removed.hide_if(slot, layout, right, || {
            if let Some(attached) = attachments::at(slot) {
                attached.forget();
            }
        });
    }

    /// Removes the series with this slot. Returns whether it was there to be removed, and had no level.
    pub(super) fn remove(self, slot: u32) -> bool {
        let found = match self.store {
            Store::Cells(layout, _) => {
                let mut cells = cell::sum(Scope::Process, slot, layout);
                let hidden =
                    Removed::subtract(self.series.removed(), slot, layout, Scope::Process, &mut cells);
                let created = self.shape.row().is_none();
                // What is in progress will end, and would be less than nothing then.
                !layout.has_level(&cells)
                    && self.is_shown(&Found { labels: Labels::NONE, slot, created, hidden, cells: &cells })
            }
            Store::Words(absent) => cell::word(slot).load() != absent,
        };
        if found {
            self.hide(slot);
        }
        found
    }

    /// Removes the series whose label texts `matches` accepts. Returns how many.
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
            Store::Cells(layout, _) => {
                self.each_series(Scope::Process, &mut |found| {
                    if found.slot != UNASSIGNED && self.is_shown(&found) && !layout.has_level(found.cells) {
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
