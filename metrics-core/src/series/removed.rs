//! Series that were removed, and the sums at which they were.
//!
//! A handle to a removed series may still exist, and its cells belong to threads that may be counting right now. So
//! nothing is freed or set back. What the cells held is remembered and taken off from then on, and the series is not
//! shown until it counts again; then it starts from zero, under the labels it always had. Nothing is lost, and no
//! handle ever counts into a series with other labels.

use crate::{
    cell::{self, Layout, Scope},
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
pub(super) struct Base {
    pub(super) cells: Box<[u64]>,
    /// When that was, since 1970.
    pub(super) at: Duration,
    /// Until it is seen to have counted again.
    pub(super) hidden: bool,
}

impl Base {
    /// Takes off sums what they were when the series was removed.
    pub(super) fn take_off(&self, layout: Layout, cells: &mut [u64]) {
        for (offset, (cell, base)) in cells.iter_mut().zip(&self.cells).enumerate() {
            *cell = if offset < usize::from(layout.floats) {
                (f64::from_bits(*cell) - f64::from_bits(*base)).to_bits()
            } else {
                cell.wrapping_sub(*base)
            };
        }
    }
}

#[derive(Default)]
pub(crate) struct Removed {
    bases: Mutex<HashMap<u32, Base>>,
    hidden: AtomicUsize,
}

impl Removed {
    pub(super) fn lock(&self) -> MutexGuard<'_, HashMap<u32, Base>> {
        self.bases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many series are hidden.
    pub(super) fn hidden(&self) -> usize {
        self.hidden.load(Ordering::Relaxed)
    }

    /// Removes the series at `slot` with all that it has counted, if what that was since it was last removed is as
    /// `right` says. Answers whether it was.
    pub(super) fn hide_if(&self, slot: u32, layout: Layout, right: impl FnOnce(&[u64]) -> bool) -> bool {
        let mut bases = self.lock();
        // Summed while it is locked, so that of two who remove a series the later one has the later sums. What is counted
        // from here on counts for the series that returns.
        let cells = cell::sum(Scope::Process, slot, layout).into_boxed_slice();
        let mut since = cells.clone();
        if let Some(base) = bases.get(&slot) {
            base.take_off(layout, &mut since);
        }
        if !right(&since) {
            return false;
        }
        let old = bases.insert(slot, Base { cells, at: created::now(), hidden: true });
        if old.is_none_or(|old| !old.hidden) {
            self.hidden.fetch_add(1, Ordering::Relaxed);
        }
        true
    }

    /// Notes that a series has counted again.
    pub(super) fn unhide(&self, base: &mut Base) {
        if std::mem::take(&mut base.hidden) {
            self.hidden.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
