//! What an application attaches to its responses.

use tallymark_core::LabelValue;

/// The kind of error that became a response: the `error` label of `http_exceptions_total`.
///
/// The application puts one into the extensions of the response, where its error becomes a response. Any type under
/// `#[derive(LabelValue)]` names errors, the same that `#[timed(error = …)]` takes.
///
/// ```
/// use http::{Response, StatusCode};
/// use tallymark::LabelValue;
/// use tallymark_http::ErrorLabel;
///
/// #[derive(LabelValue)]
/// enum ShopError {
///     OutOfStock,
///     Database(std::io::Error),
/// }
///
/// impl From<ShopError> for Response<String> {
///     fn from(error: ShopError) -> Self {
///         let mut response = Response::new("sorry".to_owned());
///         *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
///         response.extensions_mut().insert(ErrorLabel::of(&error));
///         response
///     }
/// }
/// # let response = Response::from(ShopError::OutOfStock);
/// # assert_eq!(response.extensions().get::<ErrorLabel>().map(|error| error.text()), Some("out_of_stock"));
/// # let _ = ShopError::Database(std::io::ErrorKind::Other.into());
/// ```
///
/// With axum, an `Extension` is a part of a response: `(status, Extension(ErrorLabel::of(&error)), "sorry").into_response()`.
///
/// The status says whether an error is the client's fault or the server's. Responses without a label, such as a 404 of the
/// router, are in `http_requests_total` only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ErrorLabel(&'static str);

impl ErrorLabel {
    /// A panic. The layer counts those that reach it; a layer inside that turns panics into responses puts this into
    /// them.
    pub const PANIC: Self = Self("panic");

    /// Returns the label of an error: a closed label value, so that no text from outside can become one. An open one does
    /// not compile.
    #[inline]
    pub fn of<E: LabelValue>(error: &E) -> Self {
        const { assert!(E::CARDINALITY.is_some(), "the kind of an error is an enum under #[derive(LabelValue)]") };
        Self(error.static_text())
    }

    /// Returns a label with a text of the program's.
    pub const fn named(text: &'static str) -> Self {
        Self(text)
    }

    /// Returns its text.
    pub const fn text(self) -> &'static str {
        self.0
    }
}

/// The template that a response was made from: the `templatename` label of
/// `django_http_responses_total_by_templatename_total`. The application puts it into the extensions of the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TemplateName(pub &'static str);
