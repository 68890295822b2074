//! What a statement does.

/// What a statement does: the `operation` label. A closed set, so that no SQL text becomes a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, tallymark_derive::LabelValue)]
#[label(crate = tallymark_core)]
#[non_exhaustive]
pub enum SqlOperation {
    /// `SELECT`, with or without common table expressions.
    Select,
    /// `INSERT`, upserts included.
    Insert,
    /// `UPDATE`.
    Update,
    /// `DELETE`.
    Delete,
    /// `REPLACE`, and `INSERT OR REPLACE`.
    Replace,
    /// `MERGE`.
    Merge,
    /// `BEGIN`, `COMMIT`, `ROLLBACK`, `SAVEPOINT` and their kin.
    Transaction,
    /// `CREATE`, `ALTER`, `DROP`, `TRUNCATE`.
    Ddl,
    /// Everything else, texts that hold statements of several sorts among it.
    Other,
}

impl SqlOperation {
    /// How many there are.
    pub(crate) const COUNT: usize = match <Self as tallymark_core::LabelValue>::CARDINALITY {
        Some(count) => count,
        None => 0,
    };
}
