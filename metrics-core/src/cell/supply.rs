//! Slots for many at once.

use super::{
    First,
    lease::{reserve, take_back},
};
use std::ops::Range;

/// How many slots are taken at a time: an addition that other processors must see costs as much as all the rest.
const TAKEN: u32 = 64;

/// The usual size of a page. Another one costs some time at start-up, and nothing else.
const PAGE: usize = 4096;

/// How many pages are remembered. The metrics of a program lie side by side, so that its pages get different places.
const PAGES: usize = 16;

/// Slots that nobody was given yet.
pub(crate) struct Supply {
    slots: Range<u32>,
    /// Pages that were written to, each in its place. Metrics come in no order, so that one page would be forgotten
    /// again and again.
    pages: [usize; PAGES],
}

impl Supply {
    pub(crate) const fn new() -> Self {
        Self { slots: 0..0, pages: [0; PAGES] }
    }

    /// Gives a slot to one that has none, and wants one. Nobody else may give it any at the same time.
    #[inline]
    pub(crate) fn give(&mut self, first: &First, wants: impl FnOnce() -> bool) {
        if self.slots.is_empty() {
            let slot = reserve(TAKEN);
            self.slots = slot..slot + TAKEN;
        }
        let page = std::ptr::from_ref(first).addr() / PAGE;
        let known = &mut self.pages[page % PAGES];
        if *known != page {
            *known = page;
            first.touch();
        }
        if wants() && first.set_alone(self.slots.start) {
            self.slots.start += 1;
        }
    }
}

impl Drop for Supply {
    fn drop(&mut self) {
        take_back(&self.slots);
    }
}
