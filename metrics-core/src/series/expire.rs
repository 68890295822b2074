//! Series that have not changed for some time.
//!
//! Counting does not note the time. A scrape compares each series with what the scrape before saw.

use super::{Series, Store, visit::for_each_cells};
use crate::{
    cell::{Scope, UNASSIGNED},
    label::LabelSet,
    series::visit_words,
};
use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// What each series held when it last changed, and when that was seen.
#[derive(Default)]
pub(super) struct Idle {
    seen: Mutex<HashMap<u32, (u64, Instant)>>,
}

impl<L: LabelSet> Series<L> {
    /// Removes the series that have not changed for as long as the options say, as of `now`.
    pub(crate) fn expire(&self, now: Instant, store: Store) {
        if self.options.expire_after == 0 {
            return;
        }
        let after = Duration::from_secs(self.options.expire_after);
        let mut seen =
            self.idle.get_or_init(Box::default).seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut expired = HashSet::new();
        let mut note = |slot: u32, state: u64| {
            let (last, since) = seen.entry(slot).or_insert((state, now));
            if *last != state {
                (*last, *since) = (state, now);
            } else if now.saturating_duration_since(*since) >= after {
                expired.insert(slot);
            }
        };
        match store {
            Store::Cells(layout) => {
                for_each_cells(self, layout, Scope::Process, |_, slot, _, hidden, cells| {
                    if slot != UNASSIGNED && !hidden {
                        // Sums only grow, each by itself, so that a mixture of all of them changes when one does.
                        note(slot, cells.iter().fold(0, |mix, &cell| mix.rotate_left(7) ^ cell));
                    }
                });
            }
            Store::Words(absent) => visit_words(self, |_, slot, bits| {
                if let Some(slot) = slot.filter(|_| bits != absent) {
                    note(slot, bits);
                }
            }),
        }
        for slot in expired {
            seen.remove(&slot);
            self.hide(slot, store);
        }
    }
}
