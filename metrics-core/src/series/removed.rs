//! Series that were removed, and the sums at which they were.
//!
//! A handle to a removed series may still exist, and its cells belong to threads that may be counting right now. So
//! nothing is freed or set back. What the cells held is remembered and taken off from then on, and the series is not
//! shown until it counts again; then it starts from zero, under the labels it always had. Nothing is lost, and no
//! handle ever counts into a series with other labels.

use crate::created;
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

    /// Notes that the series at `slot` held `cells` when it was removed.
    pub(super) fn hide(&self, slot: u32, cells: Box<[u64]>) {
        let old = self.lock().insert(slot, Base { cells, at: created::now(), hidden: true });
        if old.is_none_or(|old| !old.hidden) {
            self.hidden.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Notes that a series has counted again.
    pub(super) fn unhide(&self, base: &mut Base) {
        if std::mem::take(&mut base.hidden) {
            self.hidden.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
