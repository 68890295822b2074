//! What a statement that the database has refused does to the transaction that it was in, by vendor.
//!
//! | statement | `PostgreSQL` | `MySQL` | `SQLite` |
//! |---|---|---|---|
//! | one that fails | aborts it | undoes itself; a deadlock rolls back | undoes itself; may roll back |
//! | `COMMIT` that fails | rolls back | is not known; may go on | leaves it open, or says that none is |

use super::entries::Doubt;
use crate::{
    ErrorKind, Failure, Vendor,
    sql::{Effect, OnConflict},
};

/// Numbers of `MySQL` for errors that roll the transaction back: a deadlock, and a branch of an XA transaction that was
/// rolled back for one.
const MYSQL_ROLLS_BACK: &[u32] = &[1213, 1613, 1614];

/// Numbers of `MySQL` for errors that may roll the transaction back, by a setting or by version: a lock that was waited for
/// too long, a row that has changed since it was read, too many locks, an error while committing or rolling back.
const MYSQL_MAY_ROLL_BACK: &[u32] = &[1020, 1180, 1181, 1205, 1206];

/// Number of `MySQL` for a text that is no statement, of which nothing is executed.
const MYSQL_SYNTAX: u32 = 1064;

/// Code of `SQLite` for `RAISE` in a trigger.
const SQLITE_TRIGGER: u32 = 1811;

#[derive(Clone, Copy, Debug)]
pub(super) enum Refusal {
    /// The transaction goes on as if there had been no statement.
    Nothing,
    /// The transaction can only be rolled back from here on.
    Aborts,
    /// The transaction is rolled back.
    RollsBack,
    /// The transaction may have been committed or rolled back, or go on.
    MayEnd,
    /// The transaction had ended before.
    Outside,
    /// The transaction may have ended.
    Doubt(Doubt),
}

impl Refusal {
    pub(super) fn of(vendor: Vendor, effect: Effect, conflict: OnConflict, failure: Failure) -> Self {
        let is_end = matches!(effect, Effect::Commit { .. } | Effect::Rollback { .. });
        match vendor {
            Vendor::Postgresql if is_end => Self::RollsBack,
            Vendor::Postgresql => Self::Aborts,
            Vendor::Mysql => Self::of_mysql(is_end, effect, failure),
            Vendor::Sqlite => Self::of_sqlite(is_end, conflict, failure),
            Vendor::Other => Self::Nothing,
        }
    }

    fn of_mysql(is_end: bool, effect: Effect, failure: Failure) -> Self {
        if failure.has_code("40001") || failure.has_number(MYSQL_ROLLS_BACK) {
            Self::RollsBack
        } else if is_end {
            // A driver may report the error of an earlier statement that was cancelled, and not send this one.
            Self::MayEnd
        } else if failure.has_number(&[MYSQL_SYNTAX]) {
            Self::Nothing
        } else if effect.may_commit() {
            // The commit comes before the statement, and after what is found out when the statement is prepared.
            Self::Doubt(Doubt { committed: true, undone: effect == Effect::Opaque })
        } else if failure.has_number(MYSQL_MAY_ROLL_BACK) || failure.kind() == ErrorKind::Conflict {
            Self::Doubt(Doubt { committed: false, undone: true })
        } else {
            Self::Nothing
        }
    }

    fn of_sqlite(is_end: bool, conflict: OnConflict, failure: Failure) -> Self {
        // The words of the statement hold for these constraints, unless a trigger has failed it.
        let violates = matches!(failure.kind(), ErrorKind::Unique | ErrorKind::NotNull | ErrorKind::Check)
            && !failure.has_number(&[SQLITE_TRIGGER]);
        if is_end && failure.is_outside_transaction() {
            Self::Outside
        } else if conflict == OnConflict::Rollback && violates {
            Self::RollsBack
        } else {
            // `ON CONFLICT ROLLBACK` of a table, `RAISE(ROLLBACK)` of a trigger, a full disk: all of them roll back.
            Self::Doubt(Doubt { committed: false, undone: true })
        }
    }
}
