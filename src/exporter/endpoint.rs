//! What is answered to a request, whoever received it.

use http::{
    HeaderValue, Method, Request, Response, StatusCode, Version,
    header::{ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE},
};
use tallymark_core::registry::{Escaping, Format};

use super::{body::Body, negotiate::negotiate};

const ALLOWED: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");
const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// What a request asks for, as far as its head says.
pub(super) enum Ask {
    Scrape { format: Format, head: bool, alone: bool },
    Options,
    WrongMethod,
    WrongPath { head: bool },
}

impl Ask {
    /// Reads the head of a request. `path` is the only one that is served; without it, every path is.
    pub(super) fn read<B>(request: &Request<B>, path: Option<&str>) -> Self {
        let (method, uri, headers) = (request.method(), request.uri(), request.headers());
        let head = method == Method::HEAD;
        let whole_server = method == Method::OPTIONS && uri.path() == "*";
        if path.is_some_and(|path| uri.path() != path) && !whole_server {
            return Self::WrongPath { head };
        }
        if method == Method::OPTIONS {
            return Self::Options;
        }
        if !head && method != Method::GET {
            return Self::WrongMethod;
        }
        let accept: Vec<_> =
            headers.get_all(ACCEPT).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        // Where the end of the connection is the end of the body, nobody sees that a body was cut off.
        let alone = request.version() < Version::HTTP_11;
        Self::Scrape { format: negotiate(accept.iter().map(AsRef::as_ref)), head, alone }
    }

    /// Answers, encoding a scrape where one was asked for.
    pub(super) async fn answer(self, path: Option<&str>) -> Response<Body> {
        match self {
            Self::Scrape { format, head, alone } => scrape(format, head, alone).await,
            Self::Options => {
                let mut response = respond(StatusCode::NO_CONTENT, Body::empty());
                response.headers_mut().insert(ALLOW, ALLOWED);
                response
            }
            Self::WrongMethod => {
                let mut response = explain(
                    StatusCode::METHOD_NOT_ALLOWED,
                    "Metrics are read with GET or HEAD.\n".to_owned(),
                    false,
                );
                response.headers_mut().insert(ALLOW, ALLOWED);
                response
            }
            Self::WrongPath { head } => {
                let path = path.unwrap_or("/");
                explain(StatusCode::NOT_FOUND, format!("Nothing here. Metrics are at {path}\n"), head)
            }
        }
    }
}

async fn scrape(format: Format, head: bool, alone: bool) -> Response<Body> {
    match Body::scrape(format, alone).await {
        Ok(body) => {
            let mut response = respond(StatusCode::OK, body);
            response
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static(format.content_type(Escaping::Underscores)));
            if head { without_body(response) } else { response }
        }
        // What went wrong is not told: it may be the message of a panic, which is no business of the client.
        Err(_) => {
            explain(StatusCode::INTERNAL_SERVER_ERROR, "The metrics could not be encoded.\n".to_owned(), head)
        }
    }
}

fn explain(status: StatusCode, text: String, head: bool) -> Response<Body> {
    let mut response = respond(status, Body::text(text));
    response.headers_mut().insert(CONTENT_TYPE, PLAIN);
    if head { without_body(response) } else { response }
}

/// A response that no cache keeps, with its length if that is known.
fn respond(status: StatusCode, body: Body) -> Response<Body> {
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

/// The answer to HEAD: the same headers, `Content-Length` included, and nothing after them.
fn without_body(response: Response<Body>) -> Response<Body> {
    response.map(|_| Body::empty())
}
