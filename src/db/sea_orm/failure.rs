//! SeaORM's errors, as labels.

use crate::db::{ErrorKind, Failure, Sqlstate};
use ::sea_orm::{
    ConnAcquireErr, DbErr, RuntimeErr,
    sqlx::error::{Error as SqlxError, ErrorKind as SqlxKind},
};

pub(super) fn of(error: &DbErr) -> Failure {
    match error {
        DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) => ErrorKind::PoolTimeout.into(),
        DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed) => ErrorKind::PoolClosed.into(),
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => of_sqlx(error),
        DbErr::Conn(_) => ErrorKind::Connection.into(),
        DbErr::Type(_) | DbErr::Json(_) | DbErr::TryIntoErr { .. } => ErrorKind::Decode.into(),
        _ => ErrorKind::Other.into(),
    }
}

fn of_sqlx(error: &SqlxError) -> Failure {
    let kind = match error {
        SqlxError::Database(error) => {
            let code = error.code();
            let state = code.as_deref().and_then(Sqlstate::new);
            let kind = match error.kind() {
                SqlxKind::UniqueViolation => ErrorKind::Unique,
                SqlxKind::ForeignKeyViolation => ErrorKind::ForeignKey,
                SqlxKind::NotNullViolation => ErrorKind::NotNull,
                SqlxKind::CheckViolation => ErrorKind::Check,
                _ => state.map_or_else(|| of_sqlite(code.as_deref()), ErrorKind::of),
            };
            return Failure::from(kind).code(state);
        }
        SqlxError::PoolTimedOut => ErrorKind::PoolTimeout,
        SqlxError::PoolClosed => ErrorKind::PoolClosed,
        SqlxError::Io(_) | SqlxError::Tls(_) | SqlxError::Protocol(_) | SqlxError::WorkerCrashed => {
            ErrorKind::Connection
        }
        SqlxError::Encode(_) => ErrorKind::Value,
        SqlxError::Decode(_)
        | SqlxError::ColumnDecode { .. }
        | SqlxError::ColumnNotFound(_)
        | SqlxError::ColumnIndexOutOfBounds { .. }
        | SqlxError::TypeNotFound { .. } => ErrorKind::Decode,
        _ => ErrorKind::Other,
    };
    kind.into()
}

/// Result codes of SQLite: <https://www.sqlite.org/rescode.html>. The low byte is the primary one.
fn of_sqlite(code: Option<&str>) -> ErrorKind {
    let code = code.and_then(|code| code.parse::<u32>().ok()).map(|code| code & 0xff);
    match code {
        Some(1) => ErrorKind::Statement,
        Some(3 | 8 | 23) => ErrorKind::Permission,
        Some(5 | 6) => ErrorKind::Conflict,
        Some(9) => ErrorKind::Timeout,
        Some(14) => ErrorKind::Connection,
        Some(18 | 20 | 25) => ErrorKind::Value,
        Some(19) => ErrorKind::Check,
        _ => ErrorKind::Other,
    }
}
