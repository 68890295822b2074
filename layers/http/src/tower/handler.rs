//! The layer right around the handlers.

use std::{
    fmt,
    task::{Context, Poll},
};

use http::Request;
use tallymark_core::LabelSet;
use tower_layer::Layer;
use tower_service::Service;

use super::Tower;
use crate::{HandlerFuture, label::Method, working::Work};

/// Measures how long handlers take. Made by [`HttpMetrics::handler_layer`](super::HttpMetrics::handler_layer).
///
/// With axum it is a `route_layer`, added before all middleware.
pub struct HandlerLayer<L: LabelSet + 'static = ()> {
    pub(super) tower: &'static Tower<L>,
}

impl<S, L: LabelSet + 'static> Layer<S> for HandlerLayer<L> {
    type Service = HandlerService<S, L>;

    fn layer(&self, inner: S) -> HandlerService<S, L> {
        HandlerService { inner, tower: self.tower }
    }
}

/// Measures how long the service within takes. Made by [`HandlerLayer`].
pub struct HandlerService<S, L: LabelSet + 'static = ()> {
    inner: S,
    tower: &'static Tower<L>,
}

impl<S: Clone, L: LabelSet + 'static> Clone for HandlerService<S, L> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), tower: self.tower }
    }
}

impl<S: fmt::Debug, L: LabelSet + 'static> fmt::Debug for HandlerService<S, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerService").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl<L: LabelSet + 'static> Tower<L> {
    #[inline]
    fn work<B>(&'static self, request: &Request<B>) -> Work<L> {
        let layer = self.address();
        if !self.core.enabled {
            return Work::unmeasured(layer);
        }
        let (route, _) = self.route(request);
        if route.is_excluded() {
            return Work::unmeasured(layer);
        }
        let record = route.record(Method::from(request.method()));
        Work::begin(layer, &self.core, record, self.own.of(request))
    }
}

impl<S, L, B> Service<Request<B>> for HandlerService<S, L>
where
    S: Service<Request<B>>,
    L: LabelSet + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = HandlerFuture<S::Future, L>;

    #[inline]
    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    #[inline]
    fn call(&mut self, request: Request<B>) -> Self::Future {
        let mut work = self.tower.work(&request);
        let within = work.enter();
        let future = self.inner.call(request);
        within.leave();
        HandlerFuture::new(future, work)
    }
}
