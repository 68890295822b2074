//! A model, and where its rows are counted.

use crate::{cell::First, descriptor::Place};

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
pub enum ModelOperation {
    /// They are new.
    Insert,
    /// They are changed.
    Update,
    /// They are gone.
    Delete,
}

/// The rows of one model: how many were written, each counted after it was.
#[derive(Debug)]
pub struct ModelSite {
    meta: ModelMeta,
    pub(super) first: First,
}

impl ModelSite {
    /// A model of which nothing was written.
    pub const fn new(meta: ModelMeta) -> Self {
        Self { meta, first: First::new() }
    }

    /// What the macro knows about it.
    pub fn meta(&self) -> &ModelMeta {
        &self.meta
    }
}
