//! Writes whose rows are not counted.

/// Why rows of models are not counted that were written, or may have been: the `reason` label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, tallymark_derive::LabelValue)]
#[label(crate = tallymark_core)]
pub(super) enum Uncounted {
    /// Nobody reports how many there were.
    Unreported,
    /// One number was reported for rows that were inserted, updated and deleted.
    Mixed,
    /// Rows were replaced, and the database does not say how many.
    Replaced,
    /// One number was reported for rows of several tables.
    SeveralTables,
    /// The table may be that of a model, by the schema that names without one are looked for in.
    Schema,
    /// It was written within a `WITH`, a procedure, or a statement that is prepared on the server.
    Unseen,
    /// The statement was cancelled, its stream dropped, or its connection lost.
    Interrupted,
    /// Whether the transaction was committed is not known.
    Transaction,
}
