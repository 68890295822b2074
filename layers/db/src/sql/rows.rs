//! What the number of rows that a driver reports stands for.

/// What happened to rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Insert,
    Update,
    Delete,
}

/// What the driver's number of rows stands for, by the text of the statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rows {
    /// The statement changes no rows.
    None,
    /// Rows to which this one thing was done.
    All(Change),
    /// `INSERT … ON DUPLICATE KEY UPDATE` of so many rows, if the text shows how many. `MySQL` reports 2 for each row that
    /// was changed, and 1 for each that was inserted or was there already as it should be.
    Duplicates(Option<u64>),
    /// `REPLACE` for `MySQL`, of so many rows, if the text shows how many. `MySQL` reports 1 for each row that was
    /// inserted, and 1 for each that went.
    Replaced(Option<u64>),
    /// Inserted rows, while others may have been deleted for them, of which the database says nothing: `REPLACE` of
    /// `SQLite`.
    InsertedInPlaceOf,
    /// Rows to which one of several things was done: `ON CONFLICT … DO UPDATE`, `MERGE`.
    Mixed,
    /// Rows of several tables, or of one that the text does not show.
    SeveralTables,
    /// Nothing: the database writes rows, and does not say how many.
    Unreported,
}
