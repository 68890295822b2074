//! The head of a response.

use crate::label::{ErrorLabel, GrpcStatus, MethodLabel};

/// What a response says before its body.
#[derive(Clone, Copy, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// What the application says went wrong.
    pub error: Option<ErrorLabel>,
    /// How a gRPC call ended, if its response is nothing but trailers.
    pub grpc: Option<&'static GrpcStatus>,
    /// The bytes to come, as far as body or head say; `None` if it is streaming.
    pub length: Option<u64>,
    /// Whether the body is at its end already.
    pub empty: bool,
}

impl Reply {
    /// Returns the length that a `Content-Length` field declares; `None` if it is no number.
    ///
    /// A body that does not know its length may be one of a file or of another server's response, for which the
    /// application has written it into the head. Servers then send that many bytes, and do not ask the body for its end.
    pub fn declared_length(field: &[u8]) -> Option<u64> {
        // A sign is part of no length, and more digits than these are of no body.
        if field.is_empty() || field.len() > 19 || !field.iter().all(u8::is_ascii_digit) {
            return None;
        }
        std::str::from_utf8(field).ok()?.parse().ok()
    }

    /// Whether the body of such a response is not sent, whatever it holds. Sources: RFC 9110 section 6.4.1, and section
    /// 9.3.6 for what follows a `CONNECT`.
    #[inline]
    pub(super) fn is_bodiless(&self, method: MethodLabel) -> bool {
        match method {
            MethodLabel::Head => true,
            MethodLabel::Connect if matches!(self.status, 200..=299) => true,
            _ => matches!(self.status, 100..=199 | 204 | 304),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declared_length_is_digits_alone() {
        for (field, length) in [("0", Some(0)), ("1048576", Some(1 << 20)), ("007", Some(7))] {
            assert_eq!(Reply::declared_length(field.as_bytes()), length, "{field}");
        }
        for field in ["", "+5", "-1", "5, 5", "5;", " 5", "99999999999999999999", "\u{fe}"] {
            assert_eq!(Reply::declared_length(field.as_bytes()), None, "{field}");
        }
    }

    #[test]
    fn some_responses_have_no_body_whatever_they_say() {
        let reply = |status| Reply { status, error: None, grpc: None, length: None, empty: false };
        for status in [101, 204, 304] {
            assert!(reply(status).is_bodiless(MethodLabel::Get));
        }
        assert!(reply(200).is_bodiless(MethodLabel::Head) && reply(200).is_bodiless(MethodLabel::Connect));
        assert!(!reply(200).is_bodiless(MethodLabel::Get) && !reply(502).is_bodiless(MethodLabel::Connect));
    }
}
