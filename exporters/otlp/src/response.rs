//! What a receiver says about a request.

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceResponse;
use prost::Message;

/// The longest message of a receiver that becomes part of an error.
const MOST_MESSAGE: usize = 500;

/// A request was taken, if perhaps not all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Accepted {
    /// Points that were rejected.
    pub(crate) rejected: u64,
    /// Why, or a warning.
    pub(crate) message: String,
}

impl Accepted {
    /// Reads the body of a response. One that cannot be read says nothing.
    pub(crate) fn read(body: &[u8]) -> Self {
        let response = ExportMetricsServiceResponse::decode(body).ok();
        let partial = response.and_then(|response| response.partial_success).unwrap_or_default();
        Self {
            rejected: u64::try_from(partial.rejected_data_points).unwrap_or_default(),
            message: shortened(&partial.error_message),
        }
    }
}

/// The body of a response that is an error, as the protocol wants it.
///
/// Source: `google/rpc/status.proto`.
#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

/// The message in the body of a response that is an error.
pub(crate) fn message(body: &[u8], is_protobuf: bool) -> String {
    if is_protobuf {
        return Status::decode(body).map(|status| shortened(&status.message)).unwrap_or_default();
    }
    shortened(&String::from_utf8_lossy(body))
}

/// One line that is not too long.
fn shortened(text: &str) -> String {
    let printable = |character: char| if character.is_control() { ' ' } else { character };
    text.trim().chars().take(MOST_MESSAGE).map(printable).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsPartialSuccess;

    #[test]
    fn partial_success() {
        let response = |rejected_data_points, message: &str| {
            let partial =
                ExportMetricsPartialSuccess { rejected_data_points, error_message: message.to_owned() };
            ExportMetricsServiceResponse { partial_success: Some(partial) }.encode_to_vec()
        };
        let expected = Accepted { rejected: 3, message: "too old".to_owned() };
        assert_eq!(Accepted::read(&response(3, "too old")), expected);
        assert_eq!(Accepted::read(&response(-3, "")), Accepted::default());
        assert_eq!(Accepted::read(b""), Accepted::default());
        let cut = &response(3, "too old")[..4];
        assert_eq!(Accepted::read(cut), Accepted::default());
    }

    #[test]
    fn messages_are_one_short_line() {
        let status = Status { code: 3, message: "no\nsuch tenant".to_owned() }.encode_to_vec();
        assert_eq!(message(&status, true), "no such tenant");
        assert_eq!(message(b" plain \n", false), "plain");
        assert_eq!(message(&[b'x'; 10_000], false).len(), MOST_MESSAGE);
    }
}
