//! What a response says before its body.

use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use http_body::Body;

use crate::http::{
    label::{ErrorLabel, GrpcStatus, TemplateName},
    observation::Reply,
};

/// Reads a response. `content` says whether its template and charset matter.
#[inline]
pub(super) fn read<B: Body>(response: &Response<B>, to_head: bool, grpc: bool, content: bool) -> Reply {
    let (status, extensions) = (response.status(), response.extensions());
    let bodiless = to_head
        || status.is_informational()
        || status == StatusCode::NO_CONTENT
        || status == StatusCode::NOT_MODIFIED;
    Reply {
        status: status.as_u16(),
        error: extensions.get::<ErrorLabel>().copied(),
        template: if content { extensions.get::<TemplateName>().map(|template| template.0) } else { None },
        charset: if content { charset(response.headers()) } else { None },
        grpc: if grpc { GrpcStatus::of(response.headers()) } else { None },
        length: response.body().size_hint().exact(),
        empty: response.body().is_end_stream(),
        bodiless,
    }
}

/// Whether there is never a body in the response.
pub(super) fn is_head(method: &Method) -> bool {
    *method == Method::HEAD
}

/// One of a closed set: clients of a proxy decide what a type says.
fn charset(headers: &HeaderMap) -> Option<&'static str> {
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes)?;
    charset_of(kind)
}

/// The charset in a content type, as a label.
pub(in crate::http) fn charset_of(kind: &[u8]) -> Option<&'static str> {
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
