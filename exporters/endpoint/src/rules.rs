//! Which response a request gets, whether a listener of ours has received it or the application's server.

use std::borrow::Cow;

use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode,
    header::{
        ACCEPT, ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE,
        RETRY_AFTER, VARY, WWW_AUTHENTICATE,
    },
};

use tallymark_core::registry as metrics;
use tokio::time::Instant;

use super::{
    body::Body,
    coding::Coding,
    guard::{Denied, Guard, Peer},
    limit::{Permit, ScrapeLimit},
    negotiate::negotiate,
    query,
    refusal::{self, Reason},
};

/// How many scrapes may be under way at once, if nothing else is asked for. Two or three Prometheus servers scrape a
/// target; each scrape holds some hundred KiB until its client has read it.
pub(super) const MAX_SCRAPES: usize = 16;

const ALLOWED: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");
const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// Scrapes take milliseconds, so a second later there will be room.
const LATER: HeaderValue = HeaderValue::from_static("1");

/// Who may read the metrics, and how.
#[derive(Debug)]
pub(super) struct Rules {
    /// The only path that is served; without it, every path is.
    pub(super) path: Option<String>,
    pub(super) guard: Guard,
    pub(super) limit: ScrapeLimit,
    pub(super) codings: &'static [Coding],
}

impl Default for Rules {
    fn default() -> Self {
        Self { path: None, guard: Guard::default(), limit: ScrapeLimit::new(MAX_SCRAPES), codings: Coding::ALL }
    }
}

/// What a request gets, as far as its head says.
pub(super) enum Reply {
    Scrape(Scrape),
    Ready(Box<Response<Body>>),
}

/// A request for metrics that was admitted.
pub(super) struct Scrape {
    request: metrics::Request,
    coding: Coding,
    head: bool,
    permit: Permit,
}

impl Rules {
    /// Reads the head of a request.
    pub(super) fn read<B>(&self, request: &Request<B>, peer: Peer) -> Reply {
        let head = request.method() == Method::HEAD;
        match self.admit(request, peer) {
            Ok(scrape) => Reply::Scrape(scrape),
            Err(response) if head => Reply::Ready(Box::new(without_body(*response))),
            Err(response) => Reply::Ready(response),
        }
    }

    fn admit<B>(&self, request: &Request<B>, peer: Peer) -> Result<Scrape, Box<Response<Body>>> {
        let (method, uri, headers) = (request.method(), request.uri(), request.headers());
        self.guard.check(peer, headers).map_err(deny)?;
        let whole_server = method == Method::OPTIONS && uri.path() == "*";
        if let Some(path) = self.path.as_ref().filter(|path| uri.path() != *path && !whole_server) {
            return Err(explain(StatusCode::NOT_FOUND, format!("Nothing here. Metrics are at {path}\n")));
        }
        if method == Method::OPTIONS {
            return Err(with(Box::new(plain_response(StatusCode::NO_CONTENT, Body::empty())), ALLOW, ALLOWED));
        }
        let head = method == Method::HEAD;
        if !head && method != Method::GET {
            let response = explain(StatusCode::METHOD_NOT_ALLOWED, "Metrics are read with GET or HEAD.\n");
            return Err(with(response, ALLOW, ALLOWED));
        }
        let codings = values(headers, &ACCEPT_ENCODING);
        let Some(coding) = Coding::choose(codings.iter().map(AsRef::as_ref), self.codings) else {
            refusal::refuse(Reason::Encoding);
            let text = "The request accepts none of the codings that the metrics can have.\n";
            return Err(with(explain(StatusCode::NOT_ACCEPTABLE, text), VARY, vary()));
        };
        let Some(permit) = self.limit.admit() else {
            refusal::refuse(Reason::Busy);
            return Err(unavailable("Too many scrapes at once.\n"));
        };
        let accept = values(headers, &ACCEPT);
        let names = query::selection(uri.query());
        let request = negotiate(accept.iter().map(AsRef::as_ref)).names(names);
        Ok(Scrape { request, coding, head, permit })
    }
}

impl Scrape {
    /// Has the scrape counted as too late if it is not over by then.
    pub(super) fn end_by(&mut self, deadline: Instant) {
        self.permit.end_by(deadline);
    }

    /// Encodes the beginning, or all if it is small.
    pub(super) async fn respond(self) -> Response<Body> {
        let Self { request, coding, head, permit } = self;
        let content_type = request.content_type();
        let response = match Body::scrape(request, coding, permit).await {
            Ok(body) => {
                let mut response = plain_response(StatusCode::OK, body);
                let headers = response.headers_mut();
                headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
                headers.insert(VARY, vary());
                if let Some(coding) = coding.header() {
                    headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
                }
                response
            }
            // The cause stays here: it may be the message of a panic, which is no business of the client. The next scrape
            // may succeed, so this is no 500, after which some clients give up.
            Err(_) => *unavailable("The metrics could not be encoded.\n"),
        };
        if head { without_body(response) } else { response }
    }
}

/// Returns the response to a scrape that has taken too long.
pub(super) fn late() -> Response<Body> {
    *unavailable("The scrape took too long.\n")
}

fn deny(denied: Denied) -> Box<Response<Body>> {
    match denied {
        Denied::Address => {
            refusal::refuse(Reason::Address);
            explain(StatusCode::FORBIDDEN, "Metrics are not served to this address.\n")
        }
        Denied::Credentials(challenges) => {
            refusal::refuse(Reason::Credentials);
            let mut response =
                explain(StatusCode::UNAUTHORIZED, "Metrics are served to those with credentials.\n");
            for challenge in challenges {
                response.headers_mut().append(WWW_AUTHENTICATE, challenge);
            }
            response
        }
    }
}

fn unavailable(text: &'static str) -> Box<Response<Body>> {
    with(explain(StatusCode::SERVICE_UNAVAILABLE, text), RETRY_AFTER, LATER)
}

/// The values of all headers of a name.
fn values<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Vec<Cow<'a, str>> {
    headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect()
}

fn vary() -> HeaderValue {
    HeaderValue::from_static("Accept, Accept-Encoding")
}

fn with(mut response: Box<Response<Body>>, name: HeaderName, value: HeaderValue) -> Box<Response<Body>> {
    response.headers_mut().insert(name, value);
    response
}

fn explain(status: StatusCode, text: impl Into<String>) -> Box<Response<Body>> {
    with(Box::new(plain_response(status, Body::text(text.into()))), CONTENT_TYPE, PLAIN)
}

/// A response that no cache keeps, with its length if that is known.
fn plain_response(status: StatusCode, body: Body) -> Response<Body> {
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

/// Makes it the response to HEAD, which has all headers, `Content-Length` included, and nothing after them.
fn without_body(mut response: Response<Body>) -> Response<Body> {
    response.body_mut().clear();
    response
}
