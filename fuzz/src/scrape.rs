//! A scrape without a socket.

use http::{HeaderName, HeaderValue, Request, Response, Uri};
use http_body_util::BodyExt;
use tallymark_exporter::MetricsService;
use tower_service::Service;

/// A request with one header, if it can be one's value.
pub fn request(target: &str, name: HeaderName, value: &[u8]) -> Option<Request<()>> {
    let mut request = Request::new(());
    *request.uri_mut() = Uri::try_from(target).ok()?;
    request.headers_mut().append(name, HeaderValue::from_bytes(value).ok()?);
    Some(request)
}

/// The response, and its body whole.
pub fn ask(service: &mut MetricsService, request: Request<()>) -> (Response<()>, Vec<u8>) {
    let Ok(response) = futures_executor::block_on(service.call(request));
    let (head, body) = response.into_parts();
    let body = futures_executor::block_on(body.collect()).expect("bodies do not fail").to_bytes();
    (Response::from_parts(head, ()), body.into())
}
