//! Responses that no cache keeps.

use http::{
    HeaderName, HeaderValue, Response, StatusCode,
    header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER},
};

use super::body::Body;

const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// Scrapes take milliseconds, so a second later there will be room.
const LATER: HeaderValue = HeaderValue::from_static("1");

pub(super) fn unavailable(text: &'static str) -> Box<Response<Body>> {
    with(explain(StatusCode::SERVICE_UNAVAILABLE, text), RETRY_AFTER, LATER)
}

pub(super) fn with(
    mut response: Box<Response<Body>>,
    name: HeaderName,
    value: HeaderValue,
) -> Box<Response<Body>> {
    response.headers_mut().insert(name, value);
    response
}

pub(super) fn explain(status: StatusCode, text: impl Into<String>) -> Box<Response<Body>> {
    with(Box::new(plain_response(status, Body::text(text.into()))), CONTENT_TYPE, PLAIN)
}

/// A response that no cache keeps, with its length if that is known.
pub(super) fn plain_response(status: StatusCode, body: Body) -> Response<Body> {
    let length = body.len().filter(|_| status != StatusCode::NO_CONTENT);
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(length) = length {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}
