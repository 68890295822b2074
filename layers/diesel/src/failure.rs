//! Diesel's errors, as labels.

use tallymark_db::ErrorKind;
use ::diesel::{
    ConnectionError,
    result::{DatabaseErrorKind, Error},
};

pub(super) fn of_statement(error: &Error) -> ErrorKind {
    match error {
        Error::DatabaseError(kind, _) => match kind {
            DatabaseErrorKind::UniqueViolation => ErrorKind::Unique,
            DatabaseErrorKind::ForeignKeyViolation => ErrorKind::ForeignKey,
            DatabaseErrorKind::NotNullViolation => ErrorKind::NotNull,
            DatabaseErrorKind::CheckViolation
            | DatabaseErrorKind::RestrictViolation
            | DatabaseErrorKind::ExclusionViolation => ErrorKind::Check,
            DatabaseErrorKind::SerializationFailure => ErrorKind::Conflict,
            DatabaseErrorKind::ReadOnlyTransaction => ErrorKind::Permission,
            DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection => {
                ErrorKind::Connection
            }
            _ => ErrorKind::Other,
        },
        Error::InvalidCString(_) | Error::SerializationError(_) => ErrorKind::Value,
        Error::DeserializationError(_) => ErrorKind::Decode,
        Error::QueryBuilderError(_) => ErrorKind::Statement,
        _ => ErrorKind::Other,
    }
}

pub(super) fn of_connection(error: &ConnectionError) -> ErrorKind {
    match error {
        ConnectionError::CouldntSetupConfiguration(error) => of_statement(error),
        _ => ErrorKind::Connection,
    }
}
