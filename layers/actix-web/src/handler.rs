//! The middleware right around the handlers.

use std::{
    fmt,
    future::{Ready, ready},
};

use actix_web::{
    Error,
    dev::{Service, ServiceRequest, Transform, forward_ready},
};
use tallymark_core::LabelSet;

use super::{metrics::Shared, routes::Lately};
use tallymark_http::{HandlerFuture, label::Method, working::Work};

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

impl<S, L: LabelSet + 'static> HandlerService<S, L> {
    fn work(&self, request: &ServiceRequest) -> Work<L> {
        let (layer, core) = (self.shared.address(), &self.shared.core);
        if !core.enabled {
            return Work::unmeasured(layer);
        }
        let (route, matched) = self.lately.find(request, &core.routes);
        // What answers without a route is not a handler.
        if !matched || route.is_excluded() {
            return Work::unmeasured(layer);
        }
        let record = route.record(Method::named(request.method().as_str()));
        Work::begin(layer, core, record, (self.shared.extract)(request))
    }
}

impl<S, L> Service<ServiceRequest> for HandlerService<S, L>
where
    S: Service<ServiceRequest, Error = Error>,
    L: LabelSet + 'static,
{
    type Response = S::Response;
    type Error = Error;
    type Future = HandlerFuture<S::Future, L>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let mut work = self.work(&request);
        let within = work.enter();
        let future = self.service.call(request);
        within.leave();
        HandlerFuture::new(future, work)
    }
}
