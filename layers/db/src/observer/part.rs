//! One statement of a text, as far as it matters to what is counted.

use super::{session::Session, uncounted::Uncounted};
use crate::{
    Failure, SqlOperation, Vendor,
    failure::Reached,
    models::{self, Found, Home},
    sql::{Change, Effect, Head, OnConflict, Rows, Unseen},
};

/// What one statement of a text means for what is counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) operation: SqlOperation,
    pub(super) effect: Effect,
    /// It may have any number of results.
    pub(super) has_many_results: bool,
    /// The number of rows is that of the rows that come back.
    pub(super) returns_rows: bool,
    rows: Rows,
    conflict: OnConflict,
    /// The table, if models' rows are in it.
    table: Found,
    /// It may write rows that its number does not show.
    has_unseen: bool,
}

impl Part {
    pub(super) const NOTHING: Self = Self {
        operation: SqlOperation::Other,
        effect: Effect::None,
        has_many_results: false,
        returns_rows: false,
        rows: Rows::None,
        conflict: OnConflict::Default,
        table: Found::No,
        has_unseen: false,
    };

    pub(super) fn new(head: Head<'_>, home: Home<'_>) -> Self {
        // The rows that come back show what is new, and not what was there before.
        let rows = match head.rows {
            Rows::Duplicates(_) if head.returns_rows => Rows::Mixed,
            Rows::Replaced(_) if head.returns_rows => Rows::InsertedInPlaceOf,
            rows => rows,
        };
        Self {
            operation: head.operation,
            effect: head.effect,
            has_many_results: matches!(head.unseen, Unseen::Anything),
            returns_rows: head.returns_rows,
            rows,
            conflict: head.conflict,
            table: match (head.table, rows) {
                (Some(table), _) => models::find(table, home),
                // One of them may be a model's.
                (None, Rows::SeveralTables) if models::are_any() => Found::Perhaps,
                (None, _) => Found::No,
            },
            has_unseen: match head.unseen {
                Unseen::Nothing => false,
                Unseen::Table(table) => !matches!(models::find(table, home), Found::No),
                Unseen::Anything => models::are_any(),
            },
        }
    }

    /// Whether it writes rows of a model, so that an adapter should find out how many.
    pub(super) fn writes_model(self) -> bool {
        matches!(self.table, Found::Table(_))
    }

    /// Whether it writes rows of a model, or may.
    pub(super) fn may_write(self) -> bool {
        self.has_unseen || !matches!(self.table, Found::No)
    }

    /// It was executed, and has written so many rows, if the driver reports that.
    pub(super) fn succeed(self, session: &mut Session, rows: Option<u64>) {
        session.transaction.succeed(self.effect);
        self.write(session, rows);
    }

    /// It has written so many rows.
    pub(super) fn write(self, session: &mut Session, rows: Option<u64>) {
        if self.has_unseen {
            session.write_uncounted(Uncounted::Unseen);
        }
        let table = match (self.table, rows) {
            (Found::No, _) | (Found::Perhaps, Some(0)) => return,
            (Found::Perhaps, _) if self.rows == Rows::SeveralTables => {
                return session.write_uncounted(Uncounted::SeveralTables);
            }
            (Found::Perhaps, _) => return session.write_uncounted(Uncounted::Schema),
            (Found::Table(table), _) => table,
        };
        match (self.rows, rows) {
            (Rows::None, _) => {}
            (Rows::Unreported, _) | (_, None) => session.write_uncounted(Uncounted::Unreported),
            (_, Some(0)) => {}
            (Rows::All(change), Some(rows)) => session.write(table, change, rows),
            (Rows::Duplicates(Some(listed)), Some(rows)) if rows > listed => {
                let updated = (rows - listed).min(listed);
                session.write(table, Change::Update, updated);
                // The others were inserted, or were there already as they should be.
                if updated < listed {
                    session.write_uncounted(Uncounted::Mixed);
                }
            }
            (Rows::Replaced(Some(listed)), Some(rows)) if rows >= listed => {
                session.write(table, Change::Delete, rows - listed);
                session.write(table, Change::Insert, listed);
            }
            (Rows::InsertedInPlaceOf, Some(rows)) => {
                session.write(table, Change::Insert, rows);
                session.write_uncounted(Uncounted::Replaced);
            }
            (Rows::SeveralTables, _) => session.write_uncounted(Uncounted::SeveralTables),
            (Rows::Mixed | Rows::Duplicates(_) | Rows::Replaced(_), _) => {
                session.write_uncounted(Uncounted::Mixed);
            }
        }
    }

    /// It has failed.
    pub(super) fn fail(self, session: &mut Session, failure: Failure) {
        let was_open = session.is_open();
        session.transaction.fail(self.effect, self.conflict, failure);
        let may_stay = match failure.reached() {
            Reached::Driver => false,
            // `OR FAIL` keeps what was done up to the row that failed.
            Reached::Database => self.conflict == OnConflict::Fail,
            // What was open went with the connection.
            Reached::Unknown => !was_open || session.is_open(),
        };
        if may_stay && self.may_write() {
            session.write_uncounted(Uncounted::Interrupted);
        }
    }

    /// It was cancelled.
    pub(super) fn interrupt(self, session: &mut Session) {
        // What only reads leaves a transaction of SQLite as it is.
        let only_reads = self.effect == Effect::None && !self.may_write();
        if !(only_reads && session.database().vendor() == Vendor::Sqlite) {
            session.transaction.interrupt(self.effect);
        }
        if self.may_write() {
            session.write_uncounted(Uncounted::Interrupted);
        }
    }
}
