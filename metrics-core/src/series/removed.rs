//! Series that were removed, and the sums at which they were.
//!
//! A handle to a removed series may still exist, and its cells belong to threads that may be counting right now. So
//! nothing is freed or set back. What the cells held is remembered and subtracted from then on, and the series is not
//! shown until it counts again; then it starts from zero, under the labels it always had. Nothing is lost, and no
//! handle ever counts into a series with other labels.

use crate::{
    cell::{self, Layout, Scope, directory},
    created,
};
use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// What one series held when it was removed.
struct Base {
    cells: Box<[u64]>,
    /// When that was, since 1970.
    at: Duration,
    /// Until it is seen to have counted again.
    hidden: bool,
}

/// The series of one metric that were removed.
#[derive(Default)]
pub(crate) struct Removed {
    bases: Mutex<HashMap<u32, Base>>,
    hidden: AtomicUsize,
}

impl Removed {
    fn lock(&self) -> MutexGuard<'_, HashMap<u32, Base>> {
        self.bases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When a series was removed, if it was.
    pub(crate) fn removed_at(&self, slot: u32) -> Option<Duration> {
        Some(self.lock().get(&slot)?.at)
    }

    /// How many series are hidden.
    pub(crate) fn hidden(&self) -> usize {
        self.hidden.load(Ordering::Relaxed)
    }

    /// Removes the series at `slot` with all that it has counted, if `right` accepts what that was since it was last
    /// removed. Returns whether it did. `forget` empties what the series keeps beside its cells.
    pub(crate) fn hide_if(
        &self,
        slot: u32,
        layout: Layout,
        right: impl FnOnce(&[u64]) -> bool,
        forget: impl FnOnce(),
    ) -> bool {
        let mut bases = self.lock();
        // Summed while it is locked, so that of two who remove a series the later one has the later sums. What is
        // counted from here on counts for the series that returns.
        let cells = cell::sum(Scope::Process, slot, layout).into_boxed_slice();
        let mut since = cells.clone();
        if let Some(base) = bases.get(&slot) {
            layout.subtract(&mut since, &base.cells);
        }
        if !right(&since) {
            return false;
        }
        directory::removed(slot, &cells);
        let old = bases.insert(slot, Base { cells, at: created::now(), hidden: true });
        if old.is_none_or(|old| !old.hidden) {
            self.hidden.fetch_add(1, Ordering::Relaxed);
        }
        forget();
        true
    }

    /// Reads cells of the series at `slot`, and something else that is set back with them, and subtracts from the cells
    /// what they held when the series was removed.
    pub(crate) fn read_since<T>(
        &self,
        slot: u32,
        layout: Layout,
        read: impl FnOnce() -> (Vec<u64>, T),
    ) -> (Vec<u64>, T) {
        let bases = self.lock();
        let (mut cells, beside) = read();
        if let Some(base) = bases.get(&slot) {
            layout.subtract(&mut cells, &base.cells);
        }
        (cells, beside)
    }

    /// Notes that a series has counted again.
    fn unhide(&self, base: &mut Base) {
        if std::mem::take(&mut base.hidden) {
            self.hidden.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Subtracts from `cells` what they held when the series was removed, if it was. Returns whether it is still
    /// hidden.
    #[inline]
    pub(crate) fn subtract(
        removed: Option<&Self>,
        slot: u32,
        layout: Layout,
        scope: Scope,
        cells: &mut [u64],
    ) -> bool {
        // Nothing was ever removed of most families.
        removed.is_some_and(|removed| removed.subtract_base(slot, layout, scope, cells))
    }

    #[cold]
    fn subtract_base(&self, slot: u32, layout: Layout, scope: Scope, cells: &mut [u64]) -> bool {
        let mut bases = self.lock();
        let Some(base) = bases.get_mut(&slot) else { return false };
        if scope == Scope::Process {
            if base.hidden && *cells == *base.cells {
                // Nothing was counted since. There may be very many of these.
                cells.fill(0);
                return true;
            }
            // They may have been summed before it was removed, and then be less than what they held at that time.
            cell::sum_into(scope, &[slot], layout, cells);
            layout.subtract(cells, &base.cells);
            if cells.iter().any(|&cell| cell != 0) {
                self.unhide(base);
            }
        }
        base.hidden
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
        let subtract = |mut cells: Vec<u64>| {
            let hidden = Removed::subtract(Some(&removed), slot, Layout::COUNTER, Scope::Process, &mut cells);
            (cells, hidden)
        };
        count(10);
        let early = cell::sum(Scope::Process, slot, Layout::COUNTER);
        count(2);
        assert!(removed.hide_if(slot, Layout::COUNTER, |cells| cells == [12], || {}));
        assert_eq!(subtract(early.clone()), (vec![0], true));
        count(3);
        assert_eq!(subtract(early), (vec![3], false));
    }
}
