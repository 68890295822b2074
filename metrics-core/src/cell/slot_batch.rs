//! Assigning slots to many metrics at once.

use super::{
    First, UNASSIGNED,
    lease::{reserve, take_back},
};
use std::ops::Range;

/// How many slots are taken at a time: an addition that other processors must see costs as much as all the rest.
const TAKEN: u32 = 64;

/// The usual size of a page. Another one costs some time at start-up, and nothing else.
const PAGE: usize = 4096;

/// How many pages are remembered. The metrics of a program lie side by side, so that its pages get different places.
const PAGES: usize = 16;

/// Slots that were reserved together and are assigned one by one.
pub(crate) struct SlotBatch {
    slots: Range<u32>,
    /// Pages that were written to, each in its place. Metrics come in no order, so that one page would be forgotten
    /// again and again.
    pages: [usize; PAGES],
}

impl SlotBatch {
    pub(crate) const fn new() -> Self {
        Self { slots: 0..0, pages: [0; PAGES] }
    }

    /// Assigns the next slot to `first`, unless it has one already or `filter` refuses. No other thread may assign it
    /// one at the same time.
    ///
    /// `publish` is called with the slot before anybody can find it.
    #[inline]
    pub(crate) fn assign_next(
        &mut self,
        first: &First,
        filter: impl FnOnce() -> bool,
        publish: impl FnOnce(u32),
    ) {
        if self.slots.is_empty() {
            let slot = reserve(TAKEN);
            self.slots = slot..slot + TAKEN;
        }
        let page = std::ptr::from_ref(first).addr() / PAGE;
        let known = &mut self.pages[page % PAGES];
        if *known != page {
            *known = page;
            first.prefault();
        }
        if filter() && first.get() == UNASSIGNED {
            publish(self.slots.start);
            first.set_exclusive(self.slots.start);
            self.slots.start += 1;
        }
    }
}

impl Drop for SlotBatch {
    fn drop(&mut self) {
        take_back(&self.slots);
    }
}
