//! Ending what has failed.

use tallymark_db::{ErrorKind, Session, Statement, Wait, sqlx_error::failure};
use sqlx::error::Error;

/// Ends a statement that begins or ends a transaction. What it means for the session is for the caller to say.
pub(super) fn end<T>(statement: Statement, session: &mut Session, result: &Result<T, Error>) {
    match result.as_ref().err().and_then(failure) {
        Some(failure) => statement.failed_in(session, failure),
        None => statement.done_apart(),
    }
}

/// Counts why no connection came.
pub(super) fn not_acquired(wait: Wait, error: &Error, is_exhausted: bool) {
    match error {
        Error::PoolClosed => wait.pool_failed(ErrorKind::PoolClosed),
        // The pool tries again and again while connections are refused, and tells only that time is up.
        Error::PoolTimedOut if is_exhausted => wait.pool_failed(ErrorKind::PoolTimeout),
        Error::PoolTimedOut => wait.connection_failed(ErrorKind::Connection),
        _ => {
            let failure = failure(error).unwrap_or(ErrorKind::Connection.into());
            wait.connection_failed(failure);
        }
    }
}
