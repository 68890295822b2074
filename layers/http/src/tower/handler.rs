//! The layer right around the handlers.

use std::{
    fmt,
    marker::PhantomData,
    task::{Context, Poll},
};

use http::Request;
use tallymark_core::LabelSet;
use tower_layer::Layer;
use tower_service::Service;

use super::{
    bodies::{CountedBodies, RouteTemplates},
    state::Tower,
};
use crate::work::HandlerFuture;

/// Measures how long handlers take. Made by [`HttpMetrics::handler_layer`](crate::HttpMetrics::handler_layer).
pub struct HandlerLayer<L: LabelSet + 'static = (), R = CountedBodies> {
    tower: &'static Tower<L>,
    templates: PhantomData<fn() -> R>,
}

impl<L: LabelSet + 'static, R> HandlerLayer<L, R> {
    pub(super) fn new(tower: &'static Tower<L>) -> Self {
        Self { tower, templates: PhantomData }
    }
}

impl<S, L: LabelSet + 'static, R> Layer<S> for HandlerLayer<L, R> {
    type Service = HandlerService<S, L, R>;

    fn layer(&self, inner: S) -> HandlerService<S, L, R> {
        HandlerService { inner, tower: self.tower, templates: PhantomData }
    }
}

impl<L: LabelSet + 'static, R> Clone for HandlerLayer<L, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L: LabelSet + 'static, R> Copy for HandlerLayer<L, R> {}

impl<L: LabelSet + 'static, R> fmt::Debug for HandlerLayer<L, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerLayer").field("state", &self.tower.state).finish_non_exhaustive()
    }
}

/// Measures how long the service within takes. Made by [`HandlerLayer`].
pub struct HandlerService<S, L: LabelSet + 'static = (), R = CountedBodies> {
    inner: S,
    tower: &'static Tower<L>,
    templates: PhantomData<fn() -> R>,
}

impl<S: Clone, L: LabelSet + 'static, R> Clone for HandlerService<S, L, R> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), tower: self.tower, templates: PhantomData }
    }
}

impl<S: fmt::Debug, L: LabelSet + 'static, R> fmt::Debug for HandlerService<S, L, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerService").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl<S, L, R, B> Service<Request<B>> for HandlerService<S, L, R>
where
    S: Service<Request<B>>,
    L: LabelSet + 'static,
    R: RouteTemplates,
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
        let mut work = self.tower.work::<R, B>(&request);
        let guard = work.enter();
        let future = self.inner.call(request);
        let told = guard.leave();
        work.learn(told);
        HandlerFuture::new(future, work)
    }
}
