//! Statuses of gRPC.

use http::HeaderMap;
use tallymark_derive::LabelValue;

/// How a gRPC call ended, as a label.
///
/// Servers send it in the trailers of a response, field `grpc-status`, or in the head of a response that is nothing but
/// trailers. Source: "gRPC over HTTP2", Responses; the codes and their names: gRPC, "Status codes and their use".
#[derive(LabelValue, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[label(crate = tallymark_core)]
#[non_exhaustive]
pub enum GrpcStatus {
    /// 0
    Ok,
    /// 1
    Cancelled,
    /// 2, and what is not a code
    Unknown,
    /// 3
    InvalidArgument,
    /// 4
    DeadlineExceeded,
    /// 5
    NotFound,
    /// 6
    AlreadyExists,
    /// 7
    PermissionDenied,
    /// 8
    ResourceExhausted,
    /// 9
    FailedPrecondition,
    /// 10
    Aborted,
    /// 11
    OutOfRange,
    /// 12
    Unimplemented,
    /// 13
    Internal,
    /// 14
    Unavailable,
    /// 15
    DataLoss,
    /// 16
    Unauthenticated,
    /// The call ended without a status: cancelled, or its response dropped half-way.
    None,
}

/// In the order of their codes.
static CODES: [GrpcStatus; 17] = [
    GrpcStatus::Ok,
    GrpcStatus::Cancelled,
    GrpcStatus::Unknown,
    GrpcStatus::InvalidArgument,
    GrpcStatus::DeadlineExceeded,
    GrpcStatus::NotFound,
    GrpcStatus::AlreadyExists,
    GrpcStatus::PermissionDenied,
    GrpcStatus::ResourceExhausted,
    GrpcStatus::FailedPrecondition,
    GrpcStatus::Aborted,
    GrpcStatus::OutOfRange,
    GrpcStatus::Unimplemented,
    GrpcStatus::Internal,
    GrpcStatus::Unavailable,
    GrpcStatus::DataLoss,
    GrpcStatus::Unauthenticated,
];

impl GrpcStatus {
    /// The status in a head or in trailers, if there is one.
    ///
    /// A reference, since it moves with the state of a request, which is all words.
    pub(crate) fn of(fields: &HeaderMap) -> Option<&'static Self> {
        let value = fields.get("grpc-status")?;
        let code = value.to_str().ok().and_then(|text| text.parse::<usize>().ok());
        Some(code.and_then(|code| CODES.get(code)).unwrap_or(&Self::Unknown))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use tallymark_core::LabelValue as _;

    fn read(bytes: &[u8]) -> Option<GrpcStatus> {
        let mut fields = HeaderMap::new();
        fields.insert("grpc-status", HeaderValue::from_bytes(bytes).expect("a field value"));
        GrpcStatus::of(&fields).copied()
    }

    #[test]
    fn codes_are_read_and_what_is_none_is_unknown() {
        for (code, status) in CODES.into_iter().enumerate() {
            assert_eq!(read(code.to_string().as_bytes()), Some(status));
            assert_eq!(status.index(), code);
        }
        for strange in [&b"17"[..], b"-1", b"ok", b"", b"\xff", b"99999999999999999999"] {
            assert_eq!(read(strange), Some(GrpcStatus::Unknown), "{strange:?}");
        }
        assert_eq!(GrpcStatus::of(&HeaderMap::new()), None);
    }
}
