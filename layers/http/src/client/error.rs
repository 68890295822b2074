//! Kinds of errors of clients.

use crate::label::ErrorLabel;

/// How the errors of a client are called in the label `error`. Closures from an error to its [`ErrorLabel`] are, for
/// [`ClientLayer::error_by`](crate::ClientLayer::error_by).
pub trait ErrorKind<E> {
    /// Returns the kind of an error.
    fn kind(&self, error: &E) -> ErrorLabel;
}

impl<E, F: Fn(&E) -> ErrorLabel> ErrorKind<E> for F {
    fn kind(&self, error: &E) -> ErrorLabel {
        self(error)
    }
}

/// Every error is `service`: an error instead of a response.
#[derive(Clone, Copy, Debug)]
pub struct ServiceError;

impl<E> ErrorKind<E> for ServiceError {
    fn kind(&self, _: &E) -> ErrorLabel {
        ErrorLabel::named("service")
    }
}
