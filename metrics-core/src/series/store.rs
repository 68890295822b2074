//! What the slots of a family are.

use crate::{
    attachments::Attachments,
    cell::{self, First, Layout, Scope},
    created,
};

/// No series has more cells: a histogram has 128 buckets at most.
pub(super) const MOST_CELLS: usize = 136;

/// What the slots are: cells of a thread, or words that all threads share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Store {
    /// Slots of [`cell`] blocks, used as the layout says, and what is kept beside them.
    Cells(Layout, Attachments),
    /// Shared words, one for a series, which hold these bits until they are set.
    Words(u64),
}

impl Store {
    /// Cells, and nothing beside them.
    pub(crate) const fn cells(layout: Layout) -> Self {
        Self::Cells(layout, Attachments::NONE)
    }

    #[inline(always)]
    pub(crate) const fn width(self) -> u32 {
        match self {
            Self::Cells(layout, _) => layout.width(),
            Self::Words(_) => 1,
        }
    }

    /// Reserves slots for one series that is looked up, not computed.
    pub(super) fn reserve(self) -> u32 {
        match self {
            Self::Cells(layout, attachments) => {
                let slot = cell::reserve(layout.width());
                created::note(slot);
                attachments.attach(slot, layout.width(), 1)
            }
            Self::Words(bits) => cell::reserve_word(bits),
        }
    }

    /// Slots that belong to no series, for what must not be counted in any.
    #[cold]
    pub(crate) fn nowhere(self) -> u32 {
        static CELLS: First = First::new();
        static WORDS: First = First::new();
        match self {
            Self::Cells(layout, _) => {
                debug_assert!(layout.width() as usize <= MOST_CELLS);
                cell::assign(&CELLS, MOST_CELLS as u32)
            }
            Self::Words(bits) => cell::assign_words(&WORDS, 1, bits),
        }
    }

    /// Whether a series whose slots hold nothing but what they held when it was removed holds something now.
    pub(super) fn is_returned(self, first: u32, base: &[u64]) -> bool {
        match self {
            Self::Cells(layout, _) => {
                let mut sums = [0; MOST_CELLS];
                let Some(sums) = sums.get_mut(..layout.width() as usize) else { return false };
                cell::sum_into(Scope::Process, &[first], layout, sums);
                *sums != *base
            }
            Self::Words(absent) => cell::word(first).load() != absent,
        }
    }

    /// Assigns slots for so many series in a row, unless there are some already. `publish` is called with the first of
    /// them before anybody can find them.
    pub(crate) fn assign(self, first: &First, series: u32, publish: impl FnOnce(u32)) -> u32 {
        match self {
            Self::Cells(layout, attachments) => cell::assign_with(first, || {
                let slot = cell::reserve(layout.width() * series);
                publish(slot);
                attachments.attach(slot, layout.width(), series)
            }),
            Self::Words(bits) => cell::assign_words_with(first, series, bits, publish),
        }
    }
}
