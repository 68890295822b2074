//! The endpoint as a tower service.

use std::{
    convert::Infallible,
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use http::{Request, Response};

use super::{body::Body, endpoint::Ask};

/// Answers scrapes as a [`tower_service::Service`], for an application that serves them from its own HTTP server.
///
/// It answers whatever path it is mounted at, and is otherwise the same as [`serve`](super::serve): GET, HEAD and
/// OPTIONS, the format that the `Accept` header asks for, and a response that no cache keeps. It never fails.
///
/// Within a tokio runtime the metrics are encoded among that runtime's blocking tasks, otherwise by the task that
/// polls. A runtime that is stalled does not answer scrapes; the listener of [`serve`](super::serve) still does.
///
/// ```
/// use axum::Router;
///
/// let app: Router = Router::new().route_service("/metrics", tallymark::exporter::service());
/// # let _ = app;
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct MetricsService;

/// The endpoint as a tower service. See [`MetricsService`].
pub fn service() -> MetricsService {
    MetricsService
}

impl<B> tower_service::Service<Request<B>> for MetricsService {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> ResponseFuture {
        let ask = Ask::read(&request, None);
        ResponseFuture(Box::pin(ask.answer(None)))
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
