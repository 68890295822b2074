//! Errors of sqlx as labels.

use crate::db::{Database, ErrorKind, Failure, Session, Sqlstate, Statement, Vendor, Wait};
use sqlx::error::{DatabaseError, Error, ErrorKind as Kind};

/// Why a statement has failed; `None` if it has not: that there was no row is an answer of the database.
pub(crate) fn failure(error: &Error, vendor: Vendor) -> Option<Failure> {
    let kind = match error {
        Error::RowNotFound => return None,
        Error::Database(error) => return Some(of_database(&**error, vendor)),
        Error::Io(_) | Error::Tls(_) | Error::WorkerCrashed => ErrorKind::Connection,
        Error::PoolTimedOut => ErrorKind::PoolTimeout,
        Error::PoolClosed => ErrorKind::PoolClosed,
        Error::Encode(_) | Error::InvalidArgument(_) => ErrorKind::Value,
        Error::Decode(_)
        | Error::ColumnDecode { .. }
        | Error::ColumnNotFound(_)
        | Error::ColumnIndexOutOfBounds { .. }
        | Error::TypeNotFound { .. }
        | Error::Protocol(_) => ErrorKind::Decode,
        _ => ErrorKind::Other,
    };
    Some(kind.into())
}

fn of_database(error: &dyn DatabaseError, vendor: Vendor) -> Failure {
    let code = error.code();
    // SQLite has codes of its own, which are numbers.
    let standard = code.as_deref().filter(|_| vendor != Vendor::Sqlite).and_then(Sqlstate::new);
    let kind = match error.kind() {
        Kind::UniqueViolation => ErrorKind::Unique,
        Kind::ForeignKeyViolation => ErrorKind::ForeignKey,
        Kind::NotNullViolation => ErrorKind::NotNull,
        Kind::CheckViolation | Kind::ExclusionViolation => ErrorKind::Check,
        _ => match standard {
            Some(code) => ErrorKind::of(code),
            None => of_sqlite(code.as_deref()),
        },
    };
    Failure::from(kind).code(standard)
}

/// What a result code of `SQLite` stands for (<https://www.sqlite.org/rescode.html>); its last eight bits are the primary
/// code.
fn of_sqlite(code: Option<&str>) -> ErrorKind {
    match code.and_then(|code| code.parse::<u32>().ok()).map(|code| code & 0xff) {
        Some(1) => ErrorKind::Statement,
        Some(3 | 8 | 23) => ErrorKind::Permission,
        Some(5 | 6) => ErrorKind::Conflict,
        Some(9) => ErrorKind::Timeout,
        Some(10 | 14 | 26) => ErrorKind::Connection,
        Some(18 | 20 | 25) => ErrorKind::Value,
        Some(19) => ErrorKind::Check,
        _ => ErrorKind::Other,
    }
}

/// Ends a statement that begins or ends a transaction. What it means for the session is for the caller to say.
pub(super) fn end<T>(statement: Statement, session: &mut Session, result: &Result<T, Error>) {
    let database = session.database();
    match result.as_ref().err().and_then(|error| failure(error, database.vendor())) {
        Some(failure) => statement.failed_in(session, failure),
        None => statement.done_apart(),
    }
}

/// Counts why no connection came.
pub(super) fn not_acquired(database: Database, wait: Wait, error: &Error, is_exhausted: bool) {
    match error {
        Error::PoolClosed => wait.pool_failed(ErrorKind::PoolClosed),
        // The pool tries again and again while connections are refused, and tells only that time is up.
        Error::PoolTimedOut if is_exhausted => wait.pool_failed(ErrorKind::PoolTimeout),
        Error::PoolTimedOut => wait.connection_failed(ErrorKind::Connection),
        _ => {
            let failure = failure(error, database.vendor()).unwrap_or(ErrorKind::Connection.into());
            wait.connection_failed(failure);
        }
    }
}
