//! What one model counts.

use crate::{
    cell::{self, First, Layout, Scope, UNASSIGNED},
    descriptor::Place,
    element::Element,
    registry::slice,
};

/// A struct whose rows are counted when they are written. Derive it with `#[derive(ModelMetrics)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "not a model",
    note = "annotate the struct that stands for a row: `#[derive(ModelMetrics)]`"
)]
pub trait Model {
    /// The value of the `model` label.
    const NAME: &'static str;
    /// The table that holds the rows.
    const TABLE: &'static str;

    /// Where the rows are counted.
    fn metrics() -> &'static ModelSite;
}

/// What the macro knows about a model.
#[derive(Clone, Copy, Debug)]
pub struct ModelMeta {
    /// See [`Model::NAME`].
    pub name: &'static str,
    /// See [`Model::TABLE`].
    pub table: &'static str,
    /// Rows that a layer sees being written are counted with the statement, not with the transaction it is part of.
    pub on_statement: bool,
    /// Where the struct is.
    pub place: Place,
}

/// What is done to rows; also the order of the cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// They are new.
    Insert,
    /// They are changed.
    Update,
    /// They are gone.
    Delete,
}

const LAYOUT: Layout = Layout { floats: 0, integers: 3, ordered: false };

/// The rows of one model: how many were written, each counted after it was.
#[derive(Debug)]
pub struct ModelSite {
    meta: ModelMeta,
    first: First,
    /// How often a function has counted what was counted already.
    #[cfg(debug_assertions)]
    pub(super) twice: std::sync::atomic::AtomicU64,
}

impl ModelSite {
    /// A model of which nothing was written.
    pub const fn new(meta: ModelMeta) -> Self {
        Self {
            meta,
            first: First::new(),
            #[cfg(debug_assertions)]
            twice: std::sync::atomic::AtomicU64::new(0),
        }
    }

    /// What the macro knows about it.
    pub fn meta(&self) -> &ModelMeta {
        &self.meta
    }

    /// Rows are counted, now or when their transaction is committed, by somebody who saw them being written. A function
    /// under `#[model_op]` that runs on this thread should not count them once more.
    #[inline]
    pub fn seen(&self, operation: Operation) {
        super::seen(self.meta.name, operation);
    }

    /// Counts rows that were inserted.
    #[inline]
    pub fn inserted(&'static self, rows: u64) {
        self.count(Operation::Insert, rows);
    }

    /// Counts rows that were updated.
    #[inline]
    pub fn updated(&'static self, rows: u64) {
        self.count(Operation::Update, rows);
    }

    /// Counts rows that were deleted.
    #[inline]
    pub fn deleted(&'static self, rows: u64) {
        self.count(Operation::Delete, rows);
    }

    #[inline]
    fn count(&'static self, operation: Operation, rows: u64) {
        let slot = self.first.get() + operation as u32;
        if !cell::try_add(slot, rows) {
            if self.first.get() == UNASSIGNED {
                slice::used(Element::Model(self));
            }
            let first = cell::assign(&self.first, LAYOUT.width());
            cell::add_slow(first + operation as u32, rows);
        }
    }

    pub(super) fn rows(&self, operation: Operation, scope: Scope) -> u64 {
        let first = self.first.get();
        if first == UNASSIGNED {
            return 0;
        }
        let cells = cell::sum(scope, first, LAYOUT);
        cells[operation as usize]
    }
}
