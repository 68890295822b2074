//! SeaORM's errors, as labels.

use sea_orm::{
    ConnAcquireErr, DbErr, RuntimeErr,
    sqlx::error::{DatabaseError, Error, ErrorKind as Kind},
};
use tallymark_db::{ErrorKind, Failure, Sqlstate, Vendor};

pub(super) fn failure(error: &DbErr, vendor: Vendor) -> Failure {
    match error {
        DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) => ErrorKind::PoolTimeout.into(),
        DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed) => ErrorKind::PoolClosed.into(),
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => of_sqlx(error, vendor),
        DbErr::Conn(_) => ErrorKind::Connection.into(),
        DbErr::Type(_) | DbErr::Json(_) | DbErr::TryIntoErr { .. } => ErrorKind::Decode.into(),
        _ => ErrorKind::Other.into(),
    }
}

/// That there is no row is a result, which SeaORM does not hand on as an error of sqlx.
fn of_sqlx(error: &Error, vendor: Vendor) -> Failure {
    let kind = match error {
        Error::Database(error) => return of_database(&**error, vendor),
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
    kind.into()
}

fn of_database(error: &dyn DatabaseError, vendor: Vendor) -> Failure {
    let code = error.code();
    let code = code.as_deref();
    let failure = match vendor {
        // Codes of its own, which are numbers of up to four digits, and not of five signs.
        Vendor::Sqlite => {
            code.and_then(|code| code.parse().ok()).map_or(ErrorKind::Other.into(), Failure::of_sqlite)
        }
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
        // It begins with the number, for which the driver's own type is not known here.
        Vendor::Mysql => match error.to_string().split(' ').next().and_then(|number| number.parse().ok()) {
            Some(number) => failure.number(number),
            None => failure,
        },
        _ => failure,
    }
}
