//! From labels to a slot, for every kind of metric.
//!
//! A label set whose every value is closed has a known number of combinations: their slots lie in a row, and finding
//! one is arithmetic. Any other label set is looked up in an [`Interned`] table.

// A series is numbered in 32 bits, like its slots, and below `MOST_IN_A_ROW` where the number is computed.
#![allow(clippy::cast_possible_truncation)]

mod expire;
mod interned;
mod options;
mod remove;
mod removed;
mod visit;

pub(crate) use crate::extra::Kept;
use options::MAX_SERIES;
pub(crate) use options::Options;
pub(crate) use visit::{
    dropped_exemplars, visit_cells, visit_cells_part, visit_detailed_part, visit_words, visit_words_part,
};

use crate::{
    cell::{self, First, Layout, UNASSIGNED},
    created,
    label::LabelSet,
    metric::Vacancy,
    registry,
};
use expire::Idle;
use interned::Interned;
use once_cell::race::OnceBox;
use removed::Removed;
use std::marker::PhantomData;

/// More combinations than this are not laid out in a row: each thread that touches the family would pay for all of
/// them. Such a family is interned like an open one.
const MOST_IN_A_ROW: usize = 512;

/// What the slots are: cells of a thread, or words that all threads share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Store {
    /// Slots of [`cell`] blocks, used as the layout says, and what is kept beside them.
    Cells(Layout, Kept),
    /// Shared words, one for a series, which hold these bits until they are set.
    Words(u64),
}

impl Store {
    /// Cells, and nothing beside them.
    pub(crate) const fn cells(layout: Layout) -> Self {
        Self::Cells(layout, Kept::NOTHING)
    }

    #[inline(always)]
    const fn width(self) -> u32 {
        match self {
            Self::Cells(layout, _) => layout.width(),
            Self::Words(_) => 1,
        }
    }

    /// Slots for one series that is looked up, not computed.
    fn reserve(self) -> u32 {
        match self {
            Self::Cells(layout, kept) => {
                let slot = cell::reserve(layout.width());
                created::note(slot);
                kept.attach(slot, layout.width(), 1)
            }
            Self::Words(bits) => cell::reserve_word(bits),
        }
    }

    /// Slots for so many series in a row, unless there are some already.
    fn assign(self, first: &First, series: u32) -> u32 {
        match self {
            Self::Cells(layout, kept) => cell::assign_with(first, || {
                kept.attach(cell::reserve(layout.width() * series), layout.width(), series)
            }),
            Self::Words(bits) => cell::assign_words(first, series, bits),
        }
    }
}

/// The series of one metric. All zeros as long as nothing was counted and no option given.
pub(crate) struct Series<L> {
    /// The first slot, if the slots are in a row. Otherwise the most series that are shown at once, or nothing.
    first: First,
    options: Options,
    more: OnceBox<More>,
    labels: PhantomData<fn(L)>,
}

/// What a metric comes to need whose slots are not in a row, or whose series were removed.
struct More {
    interned: Interned,
    rare: OnceBox<Rare>,
}

impl More {
    fn rare(&self) -> &Rare {
        self.rare.get_or_init(Box::default)
    }

    fn removed(&self) -> Option<&Removed> {
        self.rare.get().map(|rare| &rare.removed)
    }
}

/// What few families come to need.
#[derive(Default)]
struct Rare {
    removed: Removed,
    idle: Idle,
}

impl<L> Series<L> {
    pub(crate) const fn new() -> Self {
        Self { first: First::new(), options: Options::DEFAULT, more: OnceBox::new(), labels: PhantomData }
    }

    pub(crate) const fn options(&self) -> Options {
        self.options
    }

    pub(crate) const fn options_mut(&mut self) -> &mut Options {
        &mut self.options
    }

    /// The first slot of the row, which may be [`UNASSIGNED`].
    #[inline(always)]
    pub(crate) fn first(&self) -> u32 {
        self.first.get()
    }

    /// Where the first slot belongs.
    pub(crate) fn vacancy(&self) -> Vacancy<'_> {
        Vacancy { first: &self.first, options: &self.options }
    }

    /// The first slot, if nothing was asked for and nothing was ever removed.
    pub(crate) fn only_slot(&self) -> Option<u32> {
        (self.options.are_default() && self.more.get().is_none()).then(|| self.first())
    }

    /// The same without the mark of a series that keeps something beside its cells.
    fn first_cell(&self) -> u32 {
        cell::unmarked(self.first())
    }

    fn removed(&self) -> Option<&Removed> {
        self.more.get()?.removed()
    }

    fn interned(&self) -> Option<&Interned> {
        self.more.get().map(|more| &more.interned)
    }

    /// Whether anything was ever counted here, or looked up.
    pub(crate) fn has_slots(&self) -> bool {
        self.first() != UNASSIGNED || self.more.get().is_some()
    }

    /// How often a label set was turned away to the overflow series.
    pub(crate) fn dropped(&self) -> u64 {
        self.interned().map_or(0, Interned::dropped)
    }
}

impl<L: LabelSet> Series<L> {
    /// Whether slots are computed from the labels.
    const IN_A_ROW: bool = matches!(L::CARDINALITY, Some(count) if count <= MOST_IN_A_ROW);

    /// The number of series in the row.
    const IN_ROW: u32 = match L::CARDINALITY {
        Some(count) if count <= MOST_IN_A_ROW => count as u32,
        _ => 0,
    };

    /// Sets the most series that are shown at once, where there may be any number.
    pub(crate) const fn set_max_series(&mut self, max: u32) {
        if !Self::IN_A_ROW {
            self.first = First::at(if max == UNASSIGNED { max - 1 } else { max });
        }
    }

    fn more(&self, store: Store) -> &More {
        self.more.get_or_init(|| {
            let max = if Self::IN_A_ROW || self.first() == UNASSIGNED { MAX_SERIES } else { self.first() };
            Box::new(More { interned: Interned::new(L::NAMES.len(), store, max), rare: OnceBox::new() })
        })
    }

    /// The first slot of the series with these labels, created if need be.
    #[inline(always)]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "an index is below the cardinality, at most MOST_IN_A_ROW"
    )]
    pub(crate) fn slot(&self, labels: L::Borrowed<'_>, store: impl Fn() -> Store) -> u32 {
        if Self::IN_A_ROW {
            let index = labels.index() as u32;
            debug_assert!(index < Self::IN_ROW, "LabelSet::index() is not below CARDINALITY");
            let mut first = self.first();
            if first == UNASSIGNED {
                first = self.assign_for(&store);
            }
            first + index * store().width()
        } else {
            self.look_up(labels, store)
        }
    }

    /// Gives the row its slots, out of the way of those who have some.
    #[cold]
    #[inline(never)]
    fn assign_for(&self, store: &impl Fn() -> Store) -> u32 {
        self.assign(store())
    }

    #[inline]
    fn look_up(&self, labels: L::Borrowed<'_>, store: impl Fn() -> Store) -> u32 {
        if let Some(interned) = self.interned()
            && let Some(slot) = interned.first(interned.hash(&labels), &labels)
        {
            return slot;
        }
        self.look_further(labels, store())
    }

    /// The slot of a label set that was not where it should be: it is somewhere else or, more likely, new.
    #[cold]
    #[inline(never)]
    #[expect(clippy::needless_pass_by_value, reason = "so that callers need not have them in memory before")]
    fn look_further(&self, labels: L::Borrowed<'_>, store: Store) -> u32 {
        let more = self.more(store);
        let interned = &more.interned;
        let hash = interned.hash(&labels);
        interned.find(hash, &labels).unwrap_or_else(|| {
            let mut texts = Vec::with_capacity(L::NAMES.len());
            labels.visit(&mut |text| texts.push(text.to_owned()));
            interned.create(hash, &texts, more.removed())
        })
    }

    /// Gives the row its slots.
    #[cold]
    pub(crate) fn assign(&self, store: Store) -> u32 {
        registry::assign_declared();
        store.assign(&self.first, Self::IN_ROW)
    }

    /// The first slot of the series with these labels, if it has one.
    fn existing_slot(&self, labels: &L::Borrowed<'_>, store: Store) -> Option<u32> {
        if Self::IN_A_ROW {
            let first = self.first_cell();
            (first != UNASSIGNED).then(|| first + labels.index() as u32 * store.width())
        } else {
            let interned = self.interned()?;
            interned.find(interned.hash(labels), labels).map(cell::unmarked)
        }
    }
}
