//! Methods of features that are not on: a call is a compile error that names the feature.

#[cfg(not(all(feature = "form", feature = "json", feature = "multipart", feature = "query")))]
use crate::request::InstrumentedRequest;

/// Implemented by no type, so that no argument is accepted.
#[cfg(not(feature = "form"))]
#[diagnostic::on_unimplemented(
    message = "a form as the body needs the feature `form` of `tallymark-reqwest`",
    label = "the feature `form` is not on",
    note = "write `tallymark-reqwest = {{ version = \"0.1\", features = [\"form\"] }}` in the manifest"
)]
pub trait Form {}

#[cfg(not(feature = "form"))]
#[doc(hidden)]
impl InstrumentedRequest {
    pub fn form<A: Form>(self, _: A) -> Self {
        self
    }
}

/// Implemented by no type, so that no argument is accepted.
#[cfg(not(feature = "json"))]
#[diagnostic::on_unimplemented(
    message = "JSON as the body needs the feature `json` of `tallymark-reqwest`",
    label = "the feature `json` is not on",
    note = "write `tallymark-reqwest = {{ version = \"0.1\", features = [\"json\"] }}` in the manifest"
)]
pub trait Json {}

#[cfg(not(feature = "json"))]
#[doc(hidden)]
impl InstrumentedRequest {
    pub fn json<A: Json>(self, _: A) -> Self {
        self
    }
}

/// Implemented by no type, so that no argument is accepted.
#[cfg(not(feature = "multipart"))]
#[diagnostic::on_unimplemented(
    message = "a form of several parts needs the feature `multipart` of `tallymark-reqwest`",
    label = "the feature `multipart` is not on",
    note = "write `tallymark-reqwest = {{ version = \"0.1\", features = [\"multipart\"] }}` in the manifest"
)]
pub trait Multipart {}

#[cfg(not(feature = "multipart"))]
#[doc(hidden)]
impl InstrumentedRequest {
    pub fn multipart<A: Multipart>(self, _: A) -> Self {
        self
    }
}

/// Implemented by no type, so that no argument is accepted.
#[cfg(not(feature = "query"))]
#[diagnostic::on_unimplemented(
    message = "a query from a value needs the feature `query` of `tallymark-reqwest`",
    label = "the feature `query` is not on",
    note = "write `tallymark-reqwest = {{ version = \"0.1\", features = [\"query\"] }}` in the manifest"
)]
pub trait Query {}

#[cfg(not(feature = "query"))]
#[doc(hidden)]
impl InstrumentedRequest {
    pub fn query<A: Query>(self, _: A) -> Self {
        self
    }
}
