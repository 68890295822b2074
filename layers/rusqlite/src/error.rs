//! Errors of rusqlite as labels.

use rusqlite::{Error, ffi};
use std::error::Error as _;
use tallymark_db::{ErrorKind, Failure};

/// Returns why a statement has failed; `None` if it has not: SQLite has executed it, and rusqlite or the application expected
/// something else of it.
pub(super) fn failure(error: &Error) -> Option<Failure> {
    let failure = match error {
        Error::SqliteFailure(error, message) => of_sqlite(*error, message.as_deref()),
        // The text was not executed, or not bound.
        Error::MultipleStatement | Error::InvalidQuery => Failure::from(ErrorKind::Statement).unsent(),
        Error::NulError(_)
        | Error::ToSqlConversionFailure(_)
        | Error::InvalidParameterCount(..)
        | Error::InvalidParameterName(_) => Failure::from(ErrorKind::Value).unsent(),
        Error::InvalidPath(_) => Failure::from(ErrorKind::Connection).unsent(),
        // What is done with rows that have come, and how many of them there are.
        Error::QueryReturnedNoRows
        | Error::QueryReturnedMoreThanOneRow
        | Error::ExecuteReturnedResults
        | Error::StatementChangedRows(_)
        | Error::FromSqlConversionFailure(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::Utf8Error(..)
        | Error::InvalidColumnIndex(_)
        | Error::InvalidColumnName(_)
        | Error::InvalidColumnType(..) => return None,
        // What rusqlite knows only with some versions of SQLite: a text that cannot be prepared, and the place in it.
        _ => match error.source().and_then(|source| source.downcast_ref::<ffi::Error>()) {
            Some(error) => of_sqlite(*error, None),
            None => ErrorKind::Other.into(),
        },
    };
    Some(failure)
}

fn of_sqlite(error: ffi::Error, message: Option<&str>) -> Failure {
    Failure::of_sqlite(error.extended_code.cast_unsigned()).message(message.unwrap_or_default())
}
