//! The middleware right around the handlers.

use std::{
    fmt,
    future::{Ready, ready},
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    Error,
    dev::{Service, ServiceRequest, Transform, forward_ready},
};
use pin_project_lite::pin_project;
use tallymark_core::LabelSet;

use super::{metrics::Shared, routes::Lately};
use crate::http::{current, label::Method, working::Working};

/// Measures how long handlers take. Made by
/// [`ActixMetrics::handler_middleware`](super::ActixMetrics::handler_middleware).
pub struct HandlerMiddleware<L: LabelSet + 'static = ()> {
    pub(super) shared: &'static Shared<L>,
}

impl<L: LabelSet + 'static> fmt::Debug for HandlerMiddleware<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerMiddleware").field("core", &self.shared.core).finish_non_exhaustive()
    }
}

impl<S, L> Transform<S, ServiceRequest> for HandlerMiddleware<L>
where
    S: Service<ServiceRequest, Error = Error>,
    L: LabelSet + 'static,
{
    type Response = S::Response;
    type Error = Error;
    type Transform = HandlerService<S, L>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(HandlerService { service, shared: self.shared, lately: Lately::new() }))
    }
}

/// The service within, measured.
#[allow(missing_debug_implementations, reason = "as with actix-web's own middleware")]
pub struct HandlerService<S, L: LabelSet + 'static = ()> {
    service: S,
    shared: &'static Shared<L>,
    lately: Lately,
}

impl<S, L> Service<ServiceRequest> for HandlerService<S, L>
where
    S: Service<ServiceRequest, Error = Error>,
    L: LabelSet + 'static,
{
    type Response = S::Response;
    type Error = Error;
    type Future = HandlerResponse<S::Future, L>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let core = &self.shared.core;
        let mut working = None;
        if core.enabled {
            let (route, matched) = self.lately.find(&request, &core.routes);
            // What answers without a route is not a handler.
            if matched && !route.is_excluded() {
                let record = route.record(Method::named(request.method().as_str()));
                working = Some(Working::begin(core, record, (self.shared.extract)(&request)));
            }
        }
        let within = current::enter(self.shared.address(), || {
            if let Some(working) = working.take() {
                working.panicked();
            }
        });
        let future = self.service.call(request);
        within.leave();
        HandlerResponse { future, working, address: self.shared.address() }
    }
}

pin_project! {
    /// What a [`HandlerService`] answers.
    #[must_use = "futures do nothing unless polled"]
    #[allow(missing_debug_implementations)]
    pub struct HandlerResponse<F, L = ()>
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

impl<F: Future, L: LabelSet> Future for HandlerResponse<F, L> {
    type Output = F::Output;

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
