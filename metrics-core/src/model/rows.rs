//! The rows of a model, counted as they are written.

use super::site::{ModelOperation, ModelSite};
use crate::{
    cell::{self, Layout, Scope, UNASSIGNED},
    declared::{self, Element},
};

const LAYOUT: Layout = Layout { floats: 0, integers: 3, level: false };

impl ModelSite {
    /// Counts rows that were inserted.
    #[inline]
    pub fn inserted(&'static self, rows: u64) {
        self.count(ModelOperation::Insert, rows);
    }

    /// Counts rows that were updated.
    #[inline]
    pub fn updated(&'static self, rows: u64) {
        self.count(ModelOperation::Update, rows);
    }

    /// Counts rows that were deleted.
    #[inline]
    pub fn deleted(&'static self, rows: u64) {
        self.count(ModelOperation::Delete, rows);
    }

    #[inline]
    fn count(&'static self, operation: ModelOperation, rows: u64) {
        let slot = self.first.get() + operation as u32;
        if !cell::try_add(slot, rows) {
            if self.first.get() == UNASSIGNED {
                declared::used(Element::Model(self));
            }
            let first = cell::assign_with(&self.first, || {
                let first = cell::reserve(LAYOUT.width());
                super::families::publish(self, first);
                first
            });
            cell::add_slow(first + operation as u32, rows);
        }
    }

    pub(super) fn rows(&self, operation: ModelOperation, scope: Scope) -> u64 {
        let first = self.first.get();
        if first == UNASSIGNED {
            return 0;
        }
        let cells = cell::sum(scope, first, LAYOUT);
        cells[operation as usize]
    }
}
