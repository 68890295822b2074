//! Which response a request gets, whether a listener of ours has received it or the application's server.

#[cfg(feature = "live")]
use std::sync::Arc;
use std::{borrow::Cow, time::Duration};

use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode,
    header::{ACCEPT, ACCEPT_ENCODING, ALLOW, CONTENT_ENCODING, CONTENT_TYPE, HOST, VARY, WWW_AUTHENTICATE},
};

use tallymark_core::registry as metrics;
use tokio::time::Instant;

#[cfg(feature = "live")]
use super::live::{self, LivePage, LiveRequest};
use super::{
    body::Body,
    coding::Coding,
    guard::{Denied, Guard, Peer},
    limit::{Permit, ScrapeLimit},
    negotiate::negotiate,
    page, query,
    refusal::{self, Reason},
    response::{explain, plain_response, unavailable, with},
    source::Source,
};

/// How many scrapes may be under way at once, if nothing else is asked for. Two or three Prometheus servers scrape a
/// target; each scrape holds about a MiB until its client has read it, see `benches/src/bin/readers.rs`.
pub(super) const MAX_SCRAPES: usize = 16;

/// How long a client may read nothing of a response, if nothing else is asked for.
pub(super) const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

const ALLOWED: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");

/// Who may read the metrics, and how.
#[derive(Debug)]
pub(super) struct Router {
    /// The only path that is served; without it, every path is.
    pub(super) path: Option<String>,
    pub(super) guard: Guard,
    pub(super) limit: ScrapeLimit,
    pub(super) codings: &'static [Coding],
    pub(super) source: Source,
    #[cfg(feature = "live")]
    pub(super) live: Option<Arc<LivePage>>,
}

impl Default for Router {
    fn default() -> Self {
        Self {
            path: None,
            guard: Guard::default(),
            limit: ScrapeLimit::new(MAX_SCRAPES, WRITE_TIMEOUT),
            codings: Coding::ALL,
            source: Source::default(),
            #[cfg(feature = "live")]
            live: None,
        }
    }
}

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route {
    Metrics,
    /// The page that says what is here.
    Index,
    #[cfg(feature = "live")]
    Live,
    Nowhere,
}

impl Route {
    /// Whether it is for people, in front of a browser.
    fn is_page(self) -> bool {
        !matches!(self, Self::Metrics | Self::Nowhere)
    }
}

/// What a request gets, as far as its head says.
pub(super) enum Reply {
    Scrape(Scrape),
    #[cfg(feature = "live")]
    Live(Box<Page>),
    Ready(Box<Response<Body>>),
}

/// A request of the live page.
#[cfg(feature = "live")]
pub(super) struct Page {
    request: LiveRequest,
    head: bool,
}

#[cfg(feature = "live")]
impl Page {
    pub(super) async fn respond(self) -> Response<Body> {
        let response = self.request.respond().await;
        if self.head { without_body(response) } else { response }
    }
}

/// A request for metrics that was admitted.
pub(super) struct Scrape {
    source: Source,
    request: metrics::Request,
    coding: Coding,
    head: bool,
    permit: Permit,
}

impl Router {
    /// Reads the head of a request.
    pub(super) fn read<B>(&self, request: &Request<B>, peer: Peer) -> Reply {
        let head = request.method() == Method::HEAD;
        match self.admit(request, peer) {
            Ok(reply) => reply,
            Err(response) if head => Reply::Ready(Box::new(without_body(*response))),
            Err(response) => Reply::Ready(response),
        }
    }

    fn admit<B>(&self, request: &Request<B>, peer: Peer) -> Result<Reply, Box<Response<Body>>> {
        let (method, uri, headers) = (request.method(), request.uri(), request.headers());
        let route = self.route(uri.path());
        self.guard.check(peer, headers, route.is_page()).map_err(deny)?;
        let whole_server = method == Method::OPTIONS && uri.path() == "*";
        let path = self.path.as_deref().unwrap_or_default();
        if route == Route::Nowhere && !whole_server {
            return Err(explain(StatusCode::NOT_FOUND, format!("Nothing here. Metrics are at {path}\n")));
        }
        if method == Method::OPTIONS {
            return Err(with(
                Box::new(plain_response(StatusCode::NO_CONTENT, Body::empty())),
                ALLOW,
                ALLOWED,
            ));
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
        let admit = || {
            let permit = self.limit.admit();
            if permit.is_none() {
                refusal::refuse(Reason::Busy);
            }
            permit
        };
        if route == Route::Index {
            return Err(Box::new(page::index(path, self.live_path(), headers.get(HOST))));
        }
        #[cfg(feature = "live")]
        if let Some(live) = self.live.as_ref().filter(|_| route == Route::Live) {
            let request = LiveRequest::read(live, (uri.path(), uri.query()), coding, admit)?;
            return Ok(Reply::Live(Box::new(Page { request, head })));
        }
        let Some(permit) = admit() else { return Err(unavailable("Too many scrapes at once.\n")) };
        let accept = values(headers, &ACCEPT);
        let names = query::selection(uri.query());
        let request = negotiate(accept.iter().map(AsRef::as_ref)).names(names);
        Ok(Reply::Scrape(Scrape { source: self.source, request, coding, head, permit }))
    }

    fn route(&self, path: &str) -> Route {
        match &self.path {
            None => Route::Metrics,
            Some(metrics) if path == metrics => Route::Metrics,
            Some(_) if path == "/" => Route::Index,
            #[cfg(feature = "live")]
            Some(_) if self.live.is_some() && live::is_live_path(path) => Route::Live,
            Some(_) => Route::Nowhere,
        }
    }

    #[cfg(feature = "live")]
    fn live_path(&self) -> Option<&'static str> {
        self.live.as_ref().map(|_| live::PATH)
    }

    #[cfg(not(feature = "live"))]
    #[allow(clippy::unused_self, reason = "with the feature `live` it depends on the settings")]
    fn live_path(&self) -> Option<&'static str> {
        None
    }
}

impl Scrape {
    /// Has the scrape counted as too late if it is not over by then.
    pub(super) fn end_by(&mut self, deadline: Instant) {
        self.permit.end_by(deadline);
    }

    /// Encodes the beginning, or all if it is small.
    pub(super) async fn respond(self) -> Response<Body> {
        let Self { source, request, coding, head, permit } = self;
        let content_type = request.content_type();
        let response = match Body::scrape(source, request, coding, permit).await {
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

/// The values of all headers of a name.
fn values<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Vec<Cow<'a, str>> {
    headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect()
}

fn vary() -> HeaderValue {
    HeaderValue::from_static("Accept, Accept-Encoding")
}

/// Makes it the response to HEAD, which has all headers, `Content-Length` included, and nothing after them.
fn without_body(mut response: Response<Body>) -> Response<Body> {
    response.body_mut().clear();
    response
}
