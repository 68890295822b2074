//! Kinds of reqwest's errors.

use tallymark_http::ErrorLabel;

/// Returns the kind of an error that came instead of a response.
pub(crate) fn kind(error: &reqwest::Error) -> ErrorLabel {
    // A connection whose time runs out is both, and the time is what a program sets.
    ErrorLabel::named(if error.is_timeout() {
        "timeout"
    } else if error.is_connect() {
        "connect"
    } else if error.is_redirect() {
        "redirect"
    } else if error.is_builder() {
        "builder"
    } else {
        "request"
    })
}
