//! The head of a response.

use crate::label::{ErrorLabel, GrpcStatus};

/// What a response says before its body.
#[derive(Clone, Copy)]
pub(in crate) struct Reply {
    pub(in crate) status: u16,
    pub(in crate) error: Option<ErrorLabel>,
    pub(in crate) grpc: Option<&'static GrpcStatus>,
    /// The bytes to come; unknown if it is streaming.
    pub(in crate) length: Option<u64>,
    /// Whether the body is at its end already.
    pub(in crate) empty: bool,
}

impl Reply {
    /// Whether the body of such a response is not sent, whatever it holds. Source: RFC 9110 section 6.4.1.
    #[inline]
    pub(super) fn is_bodiless(&self) -> bool {
        matches!(self.status, 100..=199 | 204 | 304)
    }
}
