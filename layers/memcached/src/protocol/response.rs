//! From the response to a command to the result that it is counted under.

use async_memcached::{Error, Status};
use tallymark_cache::{GetResult, WriteGuard, WriteResult};

/// Returns the result of a lookup. That a key does not exist is an error in some of the client's methods.
pub(crate) fn get_result<T>(response: &Result<Option<T>, Error>) -> GetResult {
    match response {
        Ok(Some(_)) => GetResult::Hit,
        Ok(None) | Err(Error::Protocol(Status::NotFound)) => GetResult::Miss,
        Err(_) => GetResult::Error,
    }
}

/// Returns the result of any other command. A condition that does not hold is an error of the client's, while the cache
/// works.
pub(crate) fn write_result<T>(response: &Result<T, Error>) -> WriteResult {
    match response {
        Ok(_) => WriteResult::Ok,
        Err(Error::Protocol(Status::NotStored | Status::Exists | Status::NotFound)) => WriteResult::Unchanged,
        Err(_) => WriteResult::Error,
    }
}

/// Sends a command other than a lookup, and ends its guard with the response.
pub(crate) async fn measure_write<T>(
    guard: WriteGuard<'_>,
    command: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let response = command.await;
    guard.end(write_result(&response));
    response
}
