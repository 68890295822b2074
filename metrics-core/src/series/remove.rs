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
            // They may have been summed before it was removed, and then be less than what they held at that time.
            cell::sum_into(scope, &[slot], layout, cells);
            base.take_off(layout, cells);
            if cells.iter().any(|&cell| cell != 0) {
                self.unhide(base);
            }
        }
        base.hidden
    }
}

/// A mixture of sums, which changes when one of them does; when several do, all but certainly.
pub(super) fn mixed(cells: &[u64]) -> u64 {
    // The fractional part of the golden ratio: an odd number, so that each step can be undone.
    cells.iter().fold(0, |mix: u64, cell| (mix.rotate_left(7) ^ cell).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

impl View<'_> {
    /// When the series was removed, if it was.
    pub(super) fn removed_at(self, slot: u32) -> Option<Duration> {
        Some(self.bare.removed()?.lock().get(&slot)?.at)
    }

    pub(super) fn hide(self, slot: u32) {
        match self.store {
            Store::Cells(layout, _) => self.hide_cells(slot, layout, |_| true),
            Store::Words(absent) => cell::word(slot).store(absent, Ordering::Relaxed),
        }
    }

    /// Removes the series if what it has counted, or its word, is still in this state.
    pub(super) fn hide_if_still(self, slot: u32, state: u64) {
        match self.store {
            Store::Cells(layout, _) => self.hide_cells(slot, layout, |cells| mixed(cells) == state),
            Store::Words(absent) => {
                let word = cell::word(slot);
                let _ = word.compare_exchange(state, absent, Ordering::Relaxed, Ordering::Relaxed);
            }
        }
    }

    fn hide_cells(self, slot: u32, layout: Layout, right: impl FnOnce(&[u64]) -> bool) {
        if self.more().rare().removed.hide_if(slot, layout, right)
            && let Some(extra) = extra::at(slot)
        {
            extra.forget();
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Between the sums of a scrape and its look at what was removed, others count and remove.
    #[test]
    fn what_was_summed_before_a_removal_is_not_taken_for_less_than_nothing() {
        let slot = cell::reserve(1);
        let count = |amount| {
            if !cell::try_add(slot, amount) {
                cell::add_slow(slot, amount);
            }
        };
        let removed = Removed::default();
        let take_off = |mut cells: Vec<u64>| {
            let hidden = Removed::take_off(Some(&removed), slot, Layout::COUNTER, Scope::Process, &mut cells);
            (cells, hidden)
        };
        count(10);
        let early = cell::sum(Scope::Process, slot, Layout::COUNTER);
        count(2);
        assert!(removed.hide_if(slot, Layout::COUNTER, |cells| cells == [12]));
        assert_eq!(take_off(early.clone()), (vec![0], true));
        count(3);
        assert_eq!(take_off(early), (vec![3], false));
    }
}
