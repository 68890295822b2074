//! Methods of features that are not on: a call is a compile error that names the feature.

use super::Builder;

/// What no type implements.
#[diagnostic::on_unimplemented(
    message = "TLS needs the feature `tls`",
    label = "the feature `tls` is not on",
    note = "write `tallymark = {{ version = \"0.1\", features = [\"tls\"] }}` in the manifest"
)]
pub trait Tls {}

#[doc(hidden)]
impl Builder {
    pub fn tls<A: Tls, B>(self, _: A, _: B) -> Self {
        self
    }

    pub fn client_ca<A: Tls>(self, _: A) -> Self {
        self
    }
}
