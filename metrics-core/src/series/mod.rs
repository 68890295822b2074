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
mod shape;
mod view;
mod visit;

pub(crate) use crate::extra::Kept;
pub(crate) use options::Options;
pub(crate) use view::View;
pub(crate) use visit::Detailed;

use crate::{
    cell::{self, First, Layout, UNASSIGNED},
    created,
    label::LabelSet,
};
use expire::Idle;
use interned::Interned;
use once_cell::race::OnceBox;
use removed::Removed;
use shape::Shape;
use std::marker::PhantomData;

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

    /// Whether a slot is there for this thread to use. Where it is not, it may be there for others.
    #[inline(always)]
    fn reaches(self, slot: u32) -> bool {
        match self {
            Self::Cells(..) => cell::reaches(slot),
            Self::Words(_) => slot < UNASSIGNED,
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

/// The series of one metric. What is generic is what counting needs; all else goes through a [`View`].
pub(crate) struct Series<L> {
    bare: Bare,
    labels: PhantomData<fn(L)>,
}

/// The same, whatever the labels. All zeros as long as nothing was counted and no option given.
pub struct Bare {
    /// The first slot, if the slots are in a row. Otherwise the most series that are shown at once, or nothing.
    pub(crate) first: First,
    pub(crate) options: Options,
    more: OnceBox<More>,
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

impl Bare {
    /// The first slot of the row, which may be [`UNASSIGNED`].
    #[inline(always)]
    fn first(&self) -> u32 {
        self.first.get()
    }

    /// The same without the mark of a series that keeps something beside its cells.
    #[inline(always)]
    fn first_cell(&self) -> u32 {
        cell::unmarked(self.first())
    }

    #[inline(always)]
    fn interned(&self) -> Option<&Interned> {
        self.more.get().map(|more| &more.interned)
    }

    fn removed(&self) -> Option<&Removed> {
        self.more.get()?.removed()
    }
}

impl<L> Series<L> {
    pub(crate) const fn new() -> Self {
        let bare = Bare { first: First::new(), options: Options::DEFAULT, more: OnceBox::new() };
        Self { bare, labels: PhantomData }
    }

    pub(crate) const fn options(&self) -> Options {
        self.bare.options
    }

    pub(crate) const fn options_mut(&mut self) -> &mut Options {
        &mut self.bare.options
    }

    /// The first slot of the row, which may be [`UNASSIGNED`].
    #[inline(always)]
    pub(crate) fn first(&self) -> u32 {
        self.bare.first()
    }

    /// The same, whatever the labels.
    pub(crate) const fn bare(&self) -> &Bare {
        &self.bare
    }

    /// The first slot, if nothing was asked for and nothing was ever removed.
    pub(crate) fn only_slot(&self) -> Option<u32> {
        (self.bare.options.are_default() && self.bare.more.get().is_none()).then(|| self.first())
    }

    /// How often a label set was turned away to the overflow series.
    pub(crate) fn dropped(&self) -> u64 {
        self.bare.interned().map_or(0, Interned::dropped)
    }
}

impl<L: LabelSet> Series<L> {
    const SHAPE: Shape = Shape::of::<L>();

    /// Whether slots are computed from the labels.
    const IN_A_ROW: bool = Self::SHAPE.row().is_some();

    /// Sets the most series that are shown at once, where there may be any number.
    pub(crate) const fn set_max_series(&mut self, max: u32) {
        if !Self::IN_A_ROW {
            self.bare.first = First::at(if max == UNASSIGNED { max - 1 } else { max });
        }
    }

    /// For everything but counting.
    #[inline]
    pub(crate) fn view(&self, store: Store) -> View<'_> {
        View { bare: &self.bare, shape: Self::SHAPE, store }
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
            debug_assert!(
                Self::SHAPE.row().is_some_and(|row| index < row),
                "LabelSet::index() is not below CARDINALITY"
            );
            // Unless there is a first slot, this is beyond every block, like a slot that this thread's block is too short
            // for. Whoever counts has to know the latter anyway, and asks only once.
            let slot = self.first() + index * store().width();
            if store().reaches(slot) { slot } else { self.assign_for(slot, store) }
        } else {
            self.look_up(labels, store)
        }
    }

    /// A slot that was computed from the first one of the row, which is given its slots if it had none.
    #[cold]
    #[inline(never)]
    fn assign_for(&self, slot: u32, store: impl Fn() -> Store) -> u32 {
        match slot.checked_sub(UNASSIGNED) {
            Some(offset) => self.view(store()).assign() + offset,
            None => slot,
        }
    }

    #[inline]
    fn look_up(&self, labels: L::Borrowed<'_>, store: impl Fn() -> Store) -> u32 {
        if let Some(interned) = self.bare.interned()
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
        let view = self.view(store);
        let interned = &view.more().interned;
        let hash = interned.hash(&labels);
        interned.find(hash, &labels).unwrap_or_else(|| {
            let mut texts = Vec::with_capacity(L::NAMES.len());
            labels.visit(&mut |text| texts.push(text.to_owned()));
            view.create(hash, &texts)
        })
    }

    /// The first slot of the series with these labels, if it has one.
    fn existing_slot(&self, labels: &L::Borrowed<'_>, store: Store) -> Option<u32> {
        if Self::IN_A_ROW {
            let first = self.bare.first_cell();
            (first != UNASSIGNED).then(|| first + labels.index() as u32 * store.width())
        } else {
            let interned = self.bare.interned()?;
            interned.find(interned.hash(labels), labels).map(cell::unmarked)
        }
    }

    /// Removes one series. Answers whether there was one to remove.
    pub(crate) fn remove(&self, labels: &L::Borrowed<'_>, store: Store) -> bool {
        self.existing_slot(labels, store).is_some_and(|slot| self.view(store).remove(slot))
    }
}
