//! The endpoint as a tower service.

use std::{
    convert::Infallible,
    fmt,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use http::{Extensions, Request, Response};

use super::{
    body::Body,
    guard::Peer,
    router::{Reply, Router},
};

/// Serves scrapes as a [`tower_service::Service`], for an application that serves them from its own HTTP server.
///
/// It serves every path that it is mounted at, and responds to requests as [`serve`](super::serve) does: GET, HEAD and
/// OPTIONS, the format that the `Accept` header asks for, [16 scrapes](super::Builder::max_scrapes) at a time for the
/// service and its clones together, and a response that no cache keeps. It never fails.
///
/// Within a tokio runtime the metrics are encoded among that runtime's blocking tasks, otherwise by the task that
/// polls. A runtime that is stalled serves no scrapes; the listener of [`serve`](super::serve) still does.
///
/// ```
/// use axum::Router;
///
/// let app: Router = Router::new().route_service("/metrics", tallymark::exporter::service());
/// # let _ = app;
/// ```
///
/// It has no guard. [`Builder::service`](super::Builder::service) makes one that asks for credentials or addresses.
#[derive(Clone, Debug, Default)]
pub struct MetricsService(Arc<Router>);

impl MetricsService {
    pub(super) fn new(router: Router) -> Self {
        Self(Arc::new(router))
    }
}

/// The endpoint as a tower service. See [`MetricsService`].
pub fn service() -> MetricsService {
    MetricsService::default()
}

/// Returns what the application's server says about the other end.
fn peer(extensions: &Extensions) -> Peer {
    extensions.get::<SocketAddr>().map_or(Peer::Unknown, |address| Peer::Address(address.ip()))
}

impl<B> tower_service::Service<Request<B>> for MetricsService {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> ResponseFuture {
        let reply = self.0.read(&request, peer(request.extensions()));
        ResponseFuture(Box::pin(async {
            match reply {
                Reply::Ready(response) => *response,
                Reply::Scrape(scrape) => scrape.respond().await,
                // A mounted endpoint has no live page.
                #[cfg(feature = "live")]
                Reply::Live(page) => page.respond().await,
            }
        }))
    }
}

/// The response that a [`MetricsService`] is preparing.
#[must_use = "futures do nothing unless polled"]
pub struct ResponseFuture(Pin<Box<dyn Future<Output = Response<Body>> + Send>>);

impl fmt::Debug for ResponseFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

impl Future for ResponseFuture {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context).map(Ok)
    }
}
