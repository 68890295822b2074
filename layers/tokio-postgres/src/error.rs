//! Errors of tokio-postgres as labels.

use tallymark_db::{ErrorKind, Failure, Sqlstate};
use tokio_postgres::Error;

/// Returns why a statement has failed; `None` if it has not: the server has executed it, and the application expected another
/// number of rows.
pub(super) fn failure(error: &Error) -> Option<Failure> {
    if let Some(code) = error.code() {
        let failure = Sqlstate::new(code.code()).map_or(ErrorKind::Other.into(), Failure::from);
        return Some(failure.refused());
    }
    if error.is_closed() {
        return Some(ErrorKind::Connection.into());
    }
    // Of what else an error is, tokio-postgres shows the words alone.
    let text = error.to_string();
    let is_any = |words: &[&str]| words.iter().any(|word| text.starts_with(word));
    if is_any(&["query returned an unexpected number of rows"]) {
        return None;
    }
    Some(if is_any(&["error serializing parameter", "error encoding message", "expected "]) {
        Failure::from(ErrorKind::Value).unsent()
    } else if is_any(&[
        "error communicating",
        "error connecting",
        "error performing TLS",
        "error parsing response",
        "unexpected message",
    ]) {
        ErrorKind::Connection.into()
    } else if is_any(&["authentication error"]) {
        ErrorKind::Permission.into()
    } else if is_any(&["timeout waiting"]) {
        ErrorKind::Timeout.into()
    } else {
        ErrorKind::Other.into()
    })
}
