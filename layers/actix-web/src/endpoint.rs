//! The endpoint of the metrics, as a resource.

use std::{
    error::Error,
    pin::Pin,
    task::{Context, Poll, ready},
};

use actix_web::{
    HttpRequest, HttpResponse, Resource,
    body::{BodySize, MessageBody},
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
    web,
};
use bytes::Bytes;
use http::{Request, header::CONTENT_LENGTH};
use http_body::Body as _;
use tallymark_exporter::{Body, MetricsService};
use tower_service::Service;

/// Returns a resource that serves the metrics: in the format that a scraper asks for, to whom the service's settings let in. A
/// service with a [registry](tallymark_exporter::Builder::registry) of its own serves that one.
///
/// ```
/// use actix_web::App;
/// use tallymark_actix_web::{endpoint, exporter};
///
/// # fn main() -> Result<(), exporter::ServeError> {
/// let service = exporter::builder().bearer_token("s3cr3t").service()?;
/// let app = App::new().service(endpoint("/metrics", service));
/// # let _ = app;
/// # Ok(())
/// # }
/// ```
///
/// Scrapes are requests like others. [`exclude(["/metrics"])`](tallymark_http::Builder::exclude) leaves them out of what is
/// measured.
pub fn endpoint(path: &str, service: MetricsService) -> Resource {
    web::resource(path).route(web::route().to(move |request: HttpRequest| respond(service.clone(), request)))
}

async fn respond(mut service: MetricsService, request: HttpRequest) -> HttpResponse<ScrapeBody> {
    let Ok(foreign) = translate(&request) else {
        return HttpResponse::with_body(StatusCode::BAD_REQUEST, ScrapeBody { body: None, length: None });
    };
    drop(request);
    let Ok(scraped) = service.call(foreign).await;
    let (head, body) = scraped.into_parts();
    let status = StatusCode::from_u16(head.status.as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let length = head.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let mut response = HttpResponse::with_body(status, ScrapeBody { body: Some(body), length });
    for (name, value) in &head.headers {
        let name = HeaderName::from_bytes(name.as_str().as_bytes());
        // The server writes the length that the body has.
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value.as_bytes()))
            && name != actix_web::http::header::CONTENT_LENGTH
        {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// Returns the request in the types that tower services have, which are of another major version.
fn translate(request: &HttpRequest) -> Result<Request<()>, http::Error> {
    let mut foreign = Request::builder().method(request.method().as_str()).uri(request.uri().to_string());
    for (name, value) in request.headers() {
        foreign = foreign.header(name.as_str(), value.as_bytes());
    }
    let mut foreign = foreign.body(())?;
    if let Some(address) = request.peer_addr() {
        foreign.extensions_mut().insert(address);
    }
    Ok(foreign)
}

/// The body of a scrape.
struct ScrapeBody {
    body: Option<Body>,
    /// The length in the head, which a `HEAD` has without a body.
    length: Option<u64>,
}

impl MessageBody for ScrapeBody {
    type Error = Box<dyn Error>;

    fn size(&self) -> BodySize {
        let Some(body) = &self.body else { return BodySize::Sized(0) };
        match self.length.or_else(|| body.size_hint().exact()) {
            Some(length) => BodySize::Sized(length),
            None => BodySize::Stream,
        }
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        loop {
            match ready!(Pin::new(&mut *body).poll_frame(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error.into()))),
                // A scrape has no trailers, which actix-web could not send either.
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        return Poll::Ready(Some(Ok(data)));
                    }
                }
            }
        }
    }
}
