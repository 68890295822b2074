//! Errors of sqlx as labels.

use sqlx::error::{DatabaseError, Error, ErrorKind as Kind};
use tallymark_db::{ErrorKind, Failure, Sqlstate, Vendor, Wait};

/// Returns why a statement has failed; `None` if it has not: that there was no row is a result of the database.
pub(super) fn failure(error: &Error, vendor: Vendor) -> Option<Failure> {
    let kind = match error {
        Error::RowNotFound => return None,
        Error::Database(error) => return Some(of_database(&**error, vendor)),
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

fn of_database(error: &dyn DatabaseError, vendor: Vendor) -> Failure {
    let code = error.code();
    let code = code.as_deref();
    let failure = match vendor {
        // Codes of its own, which are numbers of up to four digits, and not of five signs.
        Vendor::Sqlite => match code.and_then(|code| code.parse().ok()) {
            Some(code) => Failure::of_sqlite(code),
            None => ErrorKind::Other.into(),
        },
        _ => code.and_then(Sqlstate::new).map_or(ErrorKind::Other.into(), Failure::from),
    };
    let failure = match error.kind() {
        Kind::UniqueViolation => failure.with_kind(ErrorKind::Unique),
        Kind::ForeignKeyViolation => failure.with_kind(ErrorKind::ForeignKey),
        Kind::NotNullViolation => failure.with_kind(ErrorKind::NotNull),
        Kind::CheckViolation | Kind::ExclusionViolation => failure.with_kind(ErrorKind::Check),
        _ => failure,
    };
    let failure = failure.refused().message(error.message());
    match vendor {
        // It begins with the number, which `sqlx::Any` shows nowhere else.
        Vendor::Mysql => match error.to_string().split(' ').next().and_then(|number| number.parse().ok()) {
            Some(number) => failure.number(number),
            None => failure,
        },
        _ => failure,
    }
}

/// Counts why no connection came.
pub(super) fn not_acquired(wait: Wait, error: &Error, vendor: Vendor, is_exhausted: bool) {
    match error {
        Error::PoolClosed => wait.pool_failed(ErrorKind::PoolClosed),
        // The pool tries again and again while connections are refused, and reports only that time is up.
        Error::PoolTimedOut if is_exhausted => wait.pool_failed(ErrorKind::PoolTimeout),
        Error::PoolTimedOut => wait.connection_failed(ErrorKind::Connection),
        _ => wait.connection_failed(failure(error, vendor).unwrap_or(ErrorKind::Connection.into())),
    }
}
