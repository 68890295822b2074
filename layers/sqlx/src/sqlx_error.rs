//! Errors of sqlx as labels, for sqlx itself and for what is built on it.

use super::{ErrorKind, Failure, Sqlstate};
#[cfg(not(feature = "sqlx"))]
use ::sea_orm::sqlx::error::{DatabaseError, Error, ErrorKind as Kind};
#[cfg(feature = "sqlx")]
use ::sqlx::error::{DatabaseError, Error, ErrorKind as Kind};

/// Why a statement has failed; `None` if it has not: that there was no row is an answer of the database.
pub(super) fn failure(error: &Error) -> Option<Failure> {
    let kind = match error {
        Error::RowNotFound => return None,
        Error::Database(error) => return Some(of_database(&**error)),
        // By what sqlx says of it, a protocol error is a connection that is broken, or a driver.
        Error::Io(_) | Error::Tls(_) | Error::Protocol(_) | Error::WorkerCrashed => ErrorKind::Connection,
        Error::PoolTimedOut => ErrorKind::PoolTimeout,
        Error::PoolClosed => ErrorKind::PoolClosed,
        Error::Encode(_) | Error::InvalidArgument(_) => ErrorKind::Value,
        Error::Decode(_)
        | Error::ColumnDecode { .. }
        | Error::ColumnNotFound(_)
        | Error::ColumnIndexOutOfBounds { .. }
        | Error::TypeNotFound { .. } => ErrorKind::Decode,
        _ => ErrorKind::Other,
    };
    Some(kind.into())
}

fn of_database(error: &dyn DatabaseError) -> Failure {
    let code = error.code();
    // SQLite has codes of its own, which are numbers of up to four digits, and not of five signs.
    let standard = code.as_deref().and_then(Sqlstate::new);
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
