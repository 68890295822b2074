//! Removing series.

use super::{
    view::View,
    visit::{Found, SlotOf},
};
use crate::{
    cell::{self, Layout, Scope, Slot, UNASSIGNED},
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

    /// Removes the series, unless it has a level. Returns whether it did.
    pub(super) fn hide(self, slot: Slot, place: Option<u32>) -> bool {
        match self.store {
            Store::Cells(layout, _) => self.hide_cells(slot, place, layout, |cells| !layout.has_level(cells)),
            Store::Words(absent) => self.hide_word(slot, place, || {
                let word = cell::word(slot.first());
                let was_set = word.load() != absent;
                word.clear(absent);
                was_set
            }),
        }
    }

    /// Removes the series if what it has counted, or its word, is still in this state.
    pub(super) fn hide_if_still(self, slot: Slot, place: Option<u32>, state: u64) {
        match self.store {
            Store::Cells(layout, _) => {
                self.hide_cells(slot, place, layout, |cells| {
                    !layout.has_level(cells) && mixed(cells) == state
                });
            }
            Store::Words(absent) => {
                self.hide_word(slot, place, || cell::word(slot.first()).clear_idle(state, absent));
            }
        }
    }

    fn hide_cells(
        self,
        slot: Slot,
        place: Option<u32>,
        layout: Layout,
        right: impl FnOnce(&[u64]) -> bool,
    ) -> bool {
        let (removed, _) = self.removal();
        removed.hide_if(slot, place, layout, right)
    }

    fn hide_word(self, slot: Slot, place: Option<u32>, clear: impl FnOnce() -> bool) -> bool {
        let (removed, _) = self.removal();
        removed.hide_word(slot, place, clear)
    }

    /// Removes the series with these slots. Returns whether it was there to be removed, and had no level.
    pub(super) fn remove(self, slot: Slot, place: Option<u32>) -> bool {
        let first = slot.first();
        match self.store {
            Store::Cells(layout, _) => {
                let mut cells = cell::sum(Scope::Process, first, layout);
                let hidden =
                    Removed::subtract(self.series.removed(), first, layout, Scope::Process, &mut cells);
                let created = self.shape.row().is_none();
                let found = Found { labels: Labels::NONE, slot, place, created, hidden, cells: &cells };
                // What is in progress will end, and would be less than nothing then.
                !layout.has_level(&cells) && self.is_shown(&found) && self.hide(slot, place)
            }
            Store::Words(absent) => cell::word(first).load() != absent && self.hide(slot, place),
        }
    }

    /// Removes the series whose label texts `matches` accepts. Returns how many.
    pub(crate) fn remove_matching(self, matches: &mut dyn FnMut(&[&str]) -> bool) -> usize {
        let mut found = Vec::new();
        self.shown(&mut |slot, texts| {
            if matches(texts) {
                found.push(slot);
            }
        });
        found.into_iter().filter(|&(slot, place)| self.hide(slot, place)).count()
    }

    /// Calls `each` with the slots, record and label texts of each series that is shown and has slots.
    pub(super) fn shown(self, each: &mut dyn FnMut(SlotOf, &[&str])) {
        match self.store {
            Store::Cells(layout, _) => {
                self.each_series(Scope::Process, &mut |found| {
                    let has_slots = found.slot.first() != UNASSIGNED;
                    if has_slots && self.is_shown(&found) && !layout.has_level(found.cells) {
                        each((found.slot, found.place), found.labels.values());
                    }
                });
            }
            Store::Words(absent) => self.each_word(&mut |labels, word, bits| {
                if let Some(slot) = word.filter(|_| bits != absent) {
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
