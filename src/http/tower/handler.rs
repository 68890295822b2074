//! The layer right around the handlers.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use http::Request;
use pin_project_lite::pin_project;
use tallymark_core::LabelSet;
use tower_layer::Layer;
use tower_service::Service;

use super::Tower;
use crate::http::{RequestHead, current, label::Method, working::Working};

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
    fn work<B>(&'static self, request: &Request<B>) -> Option<Working<L>> {
        if !self.core.enabled {
            return None;
        }
        let head = RequestHead::of(request);
        let (route, _) = self.route(&head);
        if route.is_excluded() {
            return None;
        }
        let record = route.record(Method::from(head.method));
        Some(Working::begin(&self.core, record, (self.extract)(&head)))
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
        let mut working = self.tower.work(&request);
        let within = current::enter(self.tower.address(), || {
            if let Some(working) = working.take() {
                working.panicked();
            }
        });
        let future = self.inner.call(request);
        within.leave();
        HandlerFuture { future, working, address: self.tower.address() }
    }
}

pin_project! {
    /// What a [`HandlerService`] answers.
    #[must_use = "futures do nothing unless polled"]
    pub struct HandlerFuture<F, L = ()>
    where
        L: LabelSet,
        L: 'static,
    {
        #[pin]
        future: F,
        working: Option<Working<L>>,
        address: usize,
    }
}

impl<F, L: LabelSet> fmt::Debug for HandlerFuture<F, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerFuture").finish_non_exhaustive()
    }
}

impl<F: Future, L: LabelSet> Future for HandlerFuture<F, L> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let within = current::enter(*this.address, || {
            if let Some(working) = this.working.take() {
                working.panicked();
            }
        });
        let polled = this.future.poll(context);
        within.leave();
        if polled.is_ready() {
            *this.working = None;
        }
        polled
    }
}
