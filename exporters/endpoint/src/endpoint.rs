//! What is answered to a request, whoever received it.

use std::{borrow::Cow, sync::Arc};

use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Version,
    header::{
        ACCEPT, ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE,
        RETRY_AFTER, VARY, WWW_AUTHENTICATE,
    },
};

use super::{
    body::Body,
    coding::Coding,
    guard::{Denied, Guard, Peer},
    negotiate::negotiate,
    query,
    refusal::{self, Reason},
    scrapes::{Place, Room},
    shared::Wanted,
};

const ALLOWED: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");
const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// Scrapes take milliseconds, so a second later there will be room.
const LATER: HeaderValue = HeaderValue::from_static("1");

/// Who gets answers, and to which requests.
#[derive(Debug)]
pub(super) struct Rules {
    /// The only path that is served; without it, every path is.
    pub(super) path: Option<String>,
    pub(super) guard: Guard,
    pub(super) room: Option<Arc<Room>>,
    pub(super) codings: &'static [Coding],
}

impl Default for Rules {
    fn default() -> Self {
        Self { path: None, guard: Guard::default(), room: None, codings: Coding::ALL }
    }
}

/// What becomes of a request, as far as its head says.
pub(super) enum Ask {
    Scrape(Scrape),
    Answered(Box<Response<Body>>),
}

/// A request for metrics.
pub(super) struct Scrape {
    wanted: Wanted,
    head: bool,
    alone: bool,
    place: Option<Place>,
}

impl Rules {
    /// Reads the head of a request.
    pub(super) fn read<B>(&self, request: &Request<B>, peer: Peer) -> Ask {
        let head = request.method() == Method::HEAD;
        match self.admit(request, peer) {
            Ok(scrape) => Ask::Scrape(scrape),
            Err(response) if head => Ask::Answered(Box::new(without_body(*response))),
            Err(response) => Ask::Answered(response),
        }
    }

    fn admit<B>(&self, request: &Request<B>, peer: Peer) -> Result<Scrape, Box<Response<Body>>> {
        let (method, uri, headers) = (request.method(), request.uri(), request.headers());
        self.guard.check(peer, headers).map_err(deny)?;
        let whole_server = method == Method::OPTIONS && uri.path() == "*";
        if let Some(path) = &self.path
            && uri.path() != path
            && !whole_server
        {
            return Err(explain(StatusCode::NOT_FOUND, format!("Nothing here. Metrics are at {path}\n")));
        }
        if method == Method::OPTIONS {
            return Err(with(Box::new(respond(StatusCode::NO_CONTENT, Body::empty())), ALLOW, ALLOWED));
        }
        let head = method == Method::HEAD;
        if !head && method != Method::GET {
            let response = explain(StatusCode::METHOD_NOT_ALLOWED, "Metrics are read with GET or HEAD.\n");
            return Err(with(response, ALLOW, ALLOWED));
        }
        let codings = values(headers, &ACCEPT_ENCODING);
        let Some(coding) = Coding::choose(codings.iter().map(AsRef::as_ref), self.codings) else {
            refusal::refuse(Reason::Encoding);
            let text = "The metrics are to be had in no coding that the request accepts.\n";
            return Err(with(explain(StatusCode::NOT_ACCEPTABLE, text), VARY, vary()));
        };
        let Some(place) = self.room.as_ref().map(Room::enter).map_or(Some(None), |place| place.map(Some))
        else {
            refusal::refuse(Reason::Busy);
            return Err(unavailable("Too many scrapes at once.\n"));
        };
        let accept = values(headers, &ACCEPT);
        let request_for = negotiate(accept.iter().map(AsRef::as_ref)).names(query::selection(uri.query()));
        // Where the end of the connection is the end of the body, nobody sees that a body was cut off.
        let alone = request.version() < Version::HTTP_11;
        Ok(Scrape { wanted: Wanted { request: request_for, coding }, head, alone, place })
    }
}

impl Scrape {
    /// Encodes the beginning, or all if it is small.
    pub(super) async fn answer(self) -> Response<Body> {
        let Self { wanted, head, alone, place } = self;
        let response = match Body::scrape(&wanted, alone, place).await {
            Ok(body) => {
                let mut response = respond(StatusCode::OK, body);
                let headers = response.headers_mut();
                headers.insert(CONTENT_TYPE, HeaderValue::from_static(wanted.request.content_type()));
                headers.insert(VARY, vary());
                if let Some(coding) = wanted.coding.header() {
                    headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
                }
                response
            }
            // What went wrong is not told: it may be the message of a panic, which is no business of the client.
            Err(_) => *explain(StatusCode::INTERNAL_SERVER_ERROR, "The metrics could not be encoded.\n"),
        };
        if head { without_body(response) } else { response }
    }
}

/// The answer when a scrape has taken too long.
pub(super) fn late() -> Response<Body> {
    refusal::refuse(Reason::Timeout);
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
    with(Box::new(respond(status, Body::text(text.into()))), CONTENT_TYPE, PLAIN)
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
