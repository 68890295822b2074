//! SeaORM's errors, as labels.

use tallymark_db::{ErrorKind, Failure, sqlx_error};
use ::sea_orm::{ConnAcquireErr, DbErr, RuntimeErr};

pub(super) fn of(error: &DbErr) -> Failure {
    match error {
        DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) => ErrorKind::PoolTimeout.into(),
        DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed) => ErrorKind::PoolClosed.into(),
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            // That there is no row is an answer, which SeaORM does not hand on as an error of sqlx.
            sqlx_error::failure(error).unwrap_or(ErrorKind::Other.into())
        }
        DbErr::Conn(_) => ErrorKind::Connection.into(),
        DbErr::Type(_) | DbErr::Json(_) | DbErr::TryIntoErr { .. } => ErrorKind::Decode.into(),
        _ => ErrorKind::Other.into(),
    }
}
