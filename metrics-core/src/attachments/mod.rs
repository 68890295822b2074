//! What few series keep beside their cells: native buckets, exemplars, quantiles and the values that there are now.
//!
//! A slot with [`MARK`](cell::MARK) in it lies beyond every block, so the check that guards against too short a block
//! sends its observations to the slow path, which is the only one that looks here. Series that keep nothing pay nothing
//! for those that do.

mod table;

use crate::{
    cell::{self, Layout, MARK, directory},
    exemplar::Exemplars,
    levels::Levels,
    native::{Native, NativeBuckets},
    quantiles::{Quantiles, Sketches},
};
use once_cell::race::OnceBox;
use table::Table;

/// What the series of a family keep beside their cells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Attachments {
    /// For how many exemplars each series has room; 0 if it keeps none.
    pub(crate) exemplars: u16,
    pub(crate) native: Option<Native>,
    pub(crate) quantiles: Option<Quantiles>,
    /// How many buckets the values are in that there are now; 0 if none are kept.
    pub(crate) levels: u16,
}

static TABLE: Table<Attached> = Table::new();

impl Attachments {
    pub(crate) const NONE: Self = Self { exemplars: 0, native: None, quantiles: None, levels: 0 };

    pub(crate) const fn is_none(self) -> bool {
        self.exemplars == 0 && self.native.is_none() && self.quantiles.is_none() && self.levels == 0
    }

    /// Attaches them to `series` series, whose slots are `width` apart, and returns the first slot, marked.
    pub(crate) fn attach(self, first: u32, width: u32, series: u32) -> u32 {
        if self.is_none() {
            return first;
        }
        for index in 0..series {
            let slot = first + index * width;
            TABLE.put(slot, Attached::new(self, slot));
        }
        if series == 1 && !directory::is_shared() {
            // There from the start, so that they are reset with the series, whenever that is. Other processes have to know
            // of the series first, and know of no resets.
            let _ = at(first).and_then(Attached::native);
        }
        first | MARK
    }
}

/// What one series keeps beside its cells.
#[derive(Debug)]
pub(crate) struct Attached {
    attachments: Attachments,
    slot: u32,
    native: OnceBox<NativeBuckets>,
    exemplars: OnceBox<Exemplars>,
    sketches: OnceBox<Sketches>,
    levels: OnceBox<Levels>,
}

impl Attached {
    fn new(attachments: Attachments, slot: u32) -> Self {
        Self {
            attachments,
            slot,
            native: OnceBox::new(),
            exemplars: OnceBox::new(),
            sketches: OnceBox::new(),
            levels: OnceBox::new(),
        }
    }

    /// The native buckets, if the series has any.
    pub(crate) fn native(&self) -> Option<&NativeBuckets> {
        let native = self.attachments.native?;
        Some(self.native.get_or_init(|| Box::new(NativeBuckets::new(native, self.slot))))
    }

    /// The exemplars, if the series keeps any.
    pub(crate) fn exemplars(&self) -> Option<&Exemplars> {
        let places = self.attachments.exemplars;
        (places > 0).then(|| self.exemplars.get_or_init(|| Box::new(Exemplars::new(places, self.slot))))
    }

    /// The exemplars, if one was ever given.
    pub(crate) fn given_exemplars(&self) -> Option<&Exemplars> {
        self.exemplars.get()
    }

    /// The sketches of what was observed lately, if the series shows quantiles.
    pub(crate) fn sketches(&self) -> Option<&Sketches> {
        let quantiles = self.attachments.quantiles?;
        Some(self.sketches.get_or_init(|| Box::new(Sketches::new(quantiles))))
    }

    /// The values that there are now, if the series keeps any.
    pub(crate) fn levels(&self) -> Option<&Levels> {
        let buckets = usize::from(self.attachments.levels);
        (buckets > 0).then(|| self.levels.get_or_init(|| Box::new(Levels::new(buckets))))
    }

    /// The values that there are now, if there was ever one.
    pub(crate) fn given_levels(&self) -> Option<&Levels> {
        self.levels.get()
    }

    /// Forgets the exemplars of a series that was removed, what its quantiles are of, and the values that it was set to.
    pub(crate) fn forget(&self) {
        if let Some(exemplars) = self.exemplars.get() {
            exemplars.forget();
        }
        if let Some(sketches) = self.sketches.get() {
            sketches.forget();
        }
        if let Some(levels) = self.levels.get() {
            levels.forget();
        }
    }

    /// Resets the cells of a series as [`cell::reset_if`] does, with what it keeps beside them. Asks no allocator for
    /// anything.
    pub(crate) fn reset_if(
        attached: Option<&Self>,
        (first, layout): (u32, Layout),
        sums: (&mut [u64], &mut [u64]),
        right: impl FnOnce(&[u64]) -> bool,
    ) -> bool {
        let reset = match attached.and_then(|attached| attached.native.get()) {
            Some(native) => native.reset_with(|more| cell::reset_if(first, layout, more, sums, right)),
            None => cell::reset_if(first, layout, &[], sums, right),
        };
        if let Some(attached) = attached.filter(|_| reset) {
            attached.forget();
        }
        reset
    }
}

/// What the series with this slot keeps, if the slot is marked.
#[inline]
pub(crate) fn of(slot: u32) -> Option<&'static Attached> {
    if slot & MARK == 0 { None } else { at(cell::unmarked(slot)) }
}

/// What the series with this unmarked slot keeps.
pub(crate) fn at(slot: u32) -> Option<&'static Attached> {
    TABLE.get(slot)
}
