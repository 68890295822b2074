//! From labels to a slot, for every kind of metric.

use super::view::View;
use crate::{
    cell::{First, OFF, Slot, UNASSIGNED},
    label::{LabelSet, Texts},
    series::{ErasedSeries, Options, Shape, Store},
};
use std::marker::PhantomData;

/// The series of one metric. What is generic is what counting needs; all else goes through a [`View`].
pub(crate) struct Series<L> {
    erased: ErasedSeries,
    labels: PhantomData<fn(L)>,
}

impl<L> Series<L> {
    pub(crate) const fn new() -> Self {
        Self { erased: ErasedSeries::new(), labels: PhantomData }
    }

    pub(crate) const fn options(&self) -> Options {
        self.erased.options
    }

    pub(crate) const fn options_mut(&mut self) -> &mut Options {
        &mut self.erased.options
    }

    /// The first slot of the row, which may be [`UNASSIGNED`].
    #[inline(always)]
    pub(crate) fn first(&self) -> u32 {
        self.erased.first()
    }

    /// The series without the type of their labels, to be changed before there are any.
    pub(crate) const fn erased_mut(&mut self) -> &mut ErasedSeries {
        &mut self.erased
    }

    /// The series without the type of their labels.
    pub(crate) const fn erased(&self) -> &ErasedSeries {
        &self.erased
    }
}

impl<L: LabelSet> Series<L> {
    const SHAPE: Shape = Shape::of::<L>();

    /// Whether slots are computed from the labels.
    const IN_A_ROW: bool = Self::SHAPE.row().is_some();

    /// Sets the most series that are shown at once, where there may be any number.
    pub(crate) const fn set_max_series(&mut self, max: u32) {
        if !Self::SHAPE.is_closed() {
            self.erased.first = First::at(if max == UNASSIGNED { max - 1 } else { max });
        }
    }

    /// The view for everything but counting.
    #[inline]
    pub(crate) fn view(&self, store: Store) -> View<'_> {
        View::new(&self.erased, Self::SHAPE, store)
    }

    /// A place in the row, if there is one of that number.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "a row has less than 2^32 places")]
    fn in_row(index: usize) -> Option<u32> {
        Self::SHAPE.row().is_some_and(|row| index < row as usize).then_some(index as u32)
    }

    /// The first slot of the series with these labels, created if need be.
    #[inline(always)]
    pub(crate) fn slot(&self, labels: L::Borrowed<'_>, store: impl Fn() -> Store) -> Slot {
        if OFF {
            return Slot::always(UNASSIGNED);
        }
        if Self::IN_A_ROW {
            // An impl that is not derived may return any number, and beyond the row are the slots of other metrics.
            let Some(index) = Self::in_row(labels.index()) else {
                return Slot::always(self.view(store()).misnumbered());
            };
            // Unless there is a first slot, this is beyond all that are given out. Whether this thread's block reaches it
            // is asked when it counts.
            let slot = self.first() + index * store().width();
            Slot::always(if slot < UNASSIGNED { slot } else { self.assign_for(slot, store) })
        } else {
            self.look_up(labels, store)
        }
    }

    /// Returns a slot that was computed from the first one of the row, after assigning the row its slots if it had
    /// none.
    #[cold]
    #[inline(never)]
    fn assign_for(&self, slot: u32, store: impl Fn() -> Store) -> u32 {
        match slot.checked_sub(UNASSIGNED) {
            Some(offset) => self.view(store()).assign() + offset,
            None => slot,
        }
    }

    #[inline]
    fn look_up(&self, labels: L::Borrowed<'_>, store: impl Fn() -> Store) -> Slot {
        if let Some(interned) = self.erased.interned() {
            if let Some(slot) = interned.first(interned.hash(&labels), &labels, L::NAMES.len()) {
                return slot;
            }
        }
        self.look_further(labels, store())
    }

    /// The slot of a label set that was not where it should be: it is somewhere else or, more likely, new.
    #[cold]
    #[inline(never)]
    #[expect(clippy::needless_pass_by_value, reason = "so that callers need not have them in memory before")]
    fn look_further(&self, labels: L::Borrowed<'_>, store: Store) -> Slot {
        // Asked for once: the texts that are hashed are those that are kept.
        Texts::of(&labels).with(|texts| self.view(store).find_or_create(texts))
    }

    /// The slots of the series with these labels, if it has any, and its record if it was looked up.
    fn existing(&self, labels: &L::Borrowed<'_>, store: Store) -> Option<(Slot, Option<u32>)> {
        if Self::IN_A_ROW {
            let first = self.erased.first_cell();
            let index = Self::in_row(labels.index())?;
            (first != UNASSIGNED).then(|| (Slot::always(first + index * store.width()), None))
        } else {
            let interned = self.erased.interned()?;
            let (slot, place) = Texts::of(labels).with(|texts| interned.find(texts))?;
            Some((slot.unmarked(), Some(place)))
        }
    }

    /// Removes one series. Returns whether there was one to remove.
    pub(crate) fn remove(&self, labels: &L::Borrowed<'_>, store: Store) -> bool {
        self.existing(labels, store).is_some_and(|(slot, place)| self.view(store).remove(slot, place))
    }
}
