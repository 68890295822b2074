//! Diesel's errors, as labels.

use diesel::{
    ConnectionError,
    result::{DatabaseErrorKind, Error},
};
use tallymark_db::{ErrorKind, Failure};

pub(super) fn of_statement(error: &Error) -> Failure {
    match error {
        Error::DatabaseError(kind, information) => {
            let failure = Failure::from(of_database(kind));
            match kind {
                DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection => failure,
                _ => failure.refused().message(information.message()),
            }
        }
        Error::InvalidCString(_) | Error::SerializationError(_) => ErrorKind::Value.into(),
        Error::DeserializationError(_) => ErrorKind::Decode.into(),
        Error::QueryBuilderError(_) => Failure::from(ErrorKind::Statement).unsent(),
        // Diesel's own, about a transaction that it has not begun or cannot end.
        Error::AlreadyInTransaction | Error::NotInTransaction | Error::BrokenTransactionManager => {
            Failure::from(ErrorKind::Other).unsent()
        }
        _ => ErrorKind::Other.into(),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "it cannot be copied")]
fn of_database(kind: &DatabaseErrorKind) -> ErrorKind {
    match kind {
        DatabaseErrorKind::UniqueViolation => ErrorKind::Unique,
        DatabaseErrorKind::ForeignKeyViolation => ErrorKind::ForeignKey,
        DatabaseErrorKind::NotNullViolation => ErrorKind::NotNull,
        DatabaseErrorKind::CheckViolation
        | DatabaseErrorKind::RestrictViolation
        | DatabaseErrorKind::ExclusionViolation => ErrorKind::Check,
        DatabaseErrorKind::SerializationFailure => ErrorKind::Conflict,
        DatabaseErrorKind::ReadOnlyTransaction => ErrorKind::Permission,
        DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection => ErrorKind::Connection,
        _ => ErrorKind::Other,
    }
}

pub(super) fn of_connection(error: &ConnectionError) -> Failure {
    match error {
        ConnectionError::CouldntSetupConfiguration(error) => of_statement(error),
        _ => ErrorKind::Connection.into(),
    }
}
