//! Functions and methods of features that are not on: a call is a compile error that names the feature.

#[cfg(not(all(feature = "gzip", feature = "tls")))]
use super::builder::Builder;

/// Implemented by no type, so that no argument is accepted.
#[cfg(not(feature = "gzip"))]
#[diagnostic::on_unimplemented(
    message = "compression needs the feature `gzip` of `tallymark-push`",
    label = "the feature `gzip` is not on",
    note = "write `tallymark-push = {{ version = \"0.1\", features = [\"gzip\"] }}` in the manifest"
)]
pub trait Gzip {}

#[cfg(not(feature = "gzip"))]
#[doc(hidden)]
impl Builder {
    pub fn gzip<A: Gzip>(self, _: A) -> Self {
        self
    }
}

/// Implemented by no type, so that no argument is accepted.
#[cfg(not(feature = "tls"))]
#[diagnostic::on_unimplemented(
    message = "TLS needs the feature `tls` of `tallymark-push`",
    label = "the feature `tls` is not on",
    note = "write `tallymark-push = {{ version = \"0.1\", features = [\"tls\"] }}` in the manifest"
)]
pub trait Tls {}

#[cfg(not(feature = "tls"))]
#[doc(hidden)]
impl Builder {
    pub fn ca_file<A: Tls>(self, _: A) -> Self {
        self
    }

    pub fn client_certificate<A: Tls, B>(self, _: A, _: B) -> Self {
        self
    }
}

/// Implemented by no type, so that no argument is accepted.
#[cfg(not(feature = "remote-write"))]
#[diagnostic::on_unimplemented(
    message = "Remote Write needs the feature `remote-write` of `tallymark-push`",
    label = "the feature `remote-write` is not on",
    note = "write `tallymark-push = {{ version = \"0.1\", features = [\"remote-write\"] }}` in the manifest"
)]
pub trait RemoteWrite {}

/// Settings of Remote Write, which are there with the feature.
#[cfg(not(feature = "remote-write"))]
pub fn remote_write<A: RemoteWrite>(url: A) -> A {
    url
}
