//! What few series keep beside their cells: native buckets and exemplars.
//!
//! A slot with [`MARK`](cell::MARK) in it is beyond every block, so that the check which guards against too short a block
//! sends its observations to the slow path, and only there anybody looks for what is kept here. Series that keep nothing
//! pay nothing for those that do.

mod table;

use crate::{
    cell::{self, MARK},
    exemplar::Exemplars,
    native::{Native, NativeBuckets},
};
use once_cell::race::OnceBox;

/// What the series of a family keep beside their cells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Kept {
    /// One for each of so many places; 0 if there are none.
    pub(crate) exemplars: u16,
    pub(crate) native: Option<Native>,
}

impl Kept {
    pub(crate) const NOTHING: Self = Self { exemplars: 0, native: None };

    pub(crate) const fn is_nothing(self) -> bool {
        self.exemplars == 0 && self.native.is_none()
    }

    /// Makes `series` series, whose slots are `width` apart, keep it, and answers the first slot marked.
    pub(crate) fn attach(self, first: u32, width: u32, series: u32) -> u32 {
        if self.is_nothing() {
            return first;
        }
        for index in 0..series {
            table::put(first + index * width, Extra::new(self));
        }
        first | MARK
    }
}

/// What one series keeps beside its cells.
#[derive(Debug)]
pub(crate) struct Extra {
    kept: Kept,
    native: OnceBox<NativeBuckets>,
    exemplars: OnceBox<Exemplars>,
}

impl Extra {
    fn new(kept: Kept) -> Self {
        Self { kept, native: OnceBox::new(), exemplars: OnceBox::new() }
    }

    /// The native buckets, if the series has any.
    pub(crate) fn native(&self) -> Option<&NativeBuckets> {
        let native = self.kept.native?;
        Some(self.native.get_or_init(|| Box::new(NativeBuckets::new(native))))
    }

    /// The places for exemplars, if the series keeps any.
    pub(crate) fn exemplars(&self) -> Option<&Exemplars> {
        let places = self.kept.exemplars;
        (places > 0).then(|| self.exemplars.get_or_init(|| Box::new(Exemplars::new(places))))
    }

    /// The same, if any was ever kept.
    pub(crate) fn seen_exemplars(&self) -> Option<&Exemplars> {
        self.exemplars.get()
    }

    /// The series was removed: should it return, it starts from nothing.
    pub(crate) fn forget(&self) {
        if let Some(native) = self.native.get() {
            native.forget();
        }
        if let Some(exemplars) = self.exemplars.get() {
            exemplars.forget();
        }
    }
}

/// What the series with this slot keeps, if the slot is marked.
#[inline]
pub(crate) fn of(slot: u32) -> Option<&'static Extra> {
    if slot & MARK == 0 { None } else { at(cell::unmarked(slot)) }
}

/// What the series with this unmarked slot keeps.
pub(crate) fn at(slot: u32) -> Option<&'static Extra> {
    table::get(slot)
}
