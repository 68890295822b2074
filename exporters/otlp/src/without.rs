//! Methods of features that are not on: a call is a compile error that names the feature.

use super::builder::OtlpBuilder;

/// Implemented by no type, so that no argument is accepted.
#[diagnostic::on_unimplemented(
    message = "TLS needs the feature `tls` of `tallymark-otlp`",
    label = "the feature `tls` is not on",
    note = "write `tallymark-otlp = {{ version = \"0.1\", features = [\"tls\"] }}` in the manifest"
)]
pub trait Tls {}

#[doc(hidden)]
impl OtlpBuilder {
    pub fn certificate<A: Tls>(self, _: A) -> Self {
        self
    }

    pub fn client_certificate<A: Tls, B>(self, _: A, _: B) -> Self {
        self
    }
}
