//! What a response says before its body.

use http::{Response, header};
use http_body::Body;

use crate::{
    label::{ErrorLabel, GrpcStatus, TemplateName},
    observation::Reply,
};

/// Reads a response.
#[inline]
pub(super) fn read<B: Body>(response: &Response<B>, grpc: bool) -> Reply {
    Reply {
        status: response.status().as_u16(),
        error: response.extensions().get::<ErrorLabel>().copied(),
        grpc: if grpc { GrpcStatus::of(response.headers()) } else { None },
        length: response.body().size_hint().exact(),
        empty: response.body().is_end_stream(),
    }
}

/// The template that the response was made from.
pub(super) fn template<B>(response: &Response<B>) -> Option<&'static str> {
    response.extensions().get::<TemplateName>().map(|template| template.0)
}

/// One of a closed set: clients of a proxy decide what a type says.
pub(super) fn charset<B>(response: &Response<B>) -> Option<&'static str> {
    charset_of(response.headers().get(header::CONTENT_TYPE)?.as_bytes())
}

/// The charset in a content type, as a label.
pub(in crate) fn charset_of(kind: &[u8]) -> Option<&'static str> {
    let kind = str::from_utf8(kind).ok()?;
    let mut parameters = kind.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let (_, charset) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
    let charset = charset.trim().trim_matches('"');
    Some(if charset.eq_ignore_ascii_case("utf-8") { "utf-8" } else { "other" })
}

#[cfg(test)]
mod tests {
    use super::charset_of;

    #[test]
    fn charsets_are_a_closed_set() {
        assert_eq!(charset_of(b"text/html; charset=utf-8"), Some("utf-8"));
        assert_eq!(charset_of(b"text/html;boundary=x; Charset=\"UTF-8\""), Some("utf-8"));
        assert_eq!(charset_of(b"text/html; charset=koi8-r"), Some("other"));
        assert_eq!(charset_of(b"text/html"), None);
        assert_eq!(charset_of(b"\xff; charset=utf-8"), None);
    }
}
