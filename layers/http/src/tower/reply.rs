//! What a response says before its body.

use http::{HeaderMap, Response, header};
use http_body::Body;

use crate::{
    label::{ErrorLabel, GrpcStatus, TemplateName, charset_of},
    observation::Reply,
};

/// Reads the head of a response.
#[inline]
pub(super) fn read<B: Body>(response: &Response<B>, grpc: bool) -> Reply {
    Reply {
        status: response.status().as_u16(),
        error: response.extensions().get::<ErrorLabel>().copied(),
        grpc: if grpc { GrpcStatus::of(response.headers()) } else { None },
        length: response.body().size_hint().exact().or_else(|| declared_length(response.headers())),
        empty: response.body().is_end_stream(),
    }
}

/// Returns the template that a response was made from.
pub(super) fn template<B>(response: &Response<B>) -> Option<&'static str> {
    response.extensions().get::<TemplateName>().map(|template| template.0)
}

/// Returns the charset of a response: one of a closed set, since clients of a proxy decide what a type says.
pub(super) fn charset<B>(response: &Response<B>) -> Option<&'static str> {
    charset_of(response.headers().get(header::CONTENT_TYPE)?.as_bytes())
}

/// Returns the length that a head declares, for a body that does not know its own.
#[cold]
fn declared_length(headers: &HeaderMap) -> Option<u64> {
    let mut fields = headers.get_all(header::CONTENT_LENGTH).iter();
    let field = fields.next()?;
    if fields.next().is_some() { None } else { Reply::declared_length(field.as_bytes()) }
}
