//! The middleware right around the handlers.

use std::{
    fmt,
    future::{Ready, ready},
    pin::Pin,
    task::{Context, Poll, ready},
};

use actix_web::{
    Error,
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
};
use pin_project_lite::pin_project;
use tallymark_core::LabelSet;
use tallymark_http::__adapter::Work;

use crate::{
    recent::RecentTemplates,
    shared::{Shared, template},
};

/// Measures how long handlers take. Made by [`ActixMetrics::handler_middleware`](crate::ActixMetrics::handler_middleware).
#[derive(Debug)]
pub struct ActixHandlerMiddleware<L: LabelSet + 'static = ()> {
    pub(crate) shared: &'static Shared<L>,
}

impl<S, B, L> Transform<S, ServiceRequest> for ActixHandlerMiddleware<L>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    L: LabelSet + 'static,
{
    type Response = S::Response;
    type Error = Error;
    type Transform = ActixHandlerService<S, L>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(ActixHandlerService { service, shared: self.shared, recent: RecentTemplates::new() }))
    }
}

/// Measures how long the service within takes. Made by [`ActixHandlerMiddleware`].
pub struct ActixHandlerService<S, L: LabelSet + 'static = ()> {
    service: S,
    shared: &'static Shared<L>,
    recent: RecentTemplates,
}

impl<S, L: LabelSet + 'static> fmt::Debug for ActixHandlerService<S, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActixHandlerService").field("shared", self.shared).finish_non_exhaustive()
    }
}

impl<S, B, L> Service<ServiceRequest> for ActixHandlerService<S, L>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    L: LabelSet + 'static,
{
    type Response = S::Response;
    type Error = Error;
    type Future = ActixHandlerFuture<S::Future, L>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let mut work = self.shared.work(&request, &self.recent);
        let future = work.run(|| self.service.call(request));
        ActixHandlerFuture { future, work }
    }
}

pin_project! {
    /// The response of an [`ActixHandlerService`].
    #[must_use = "futures do nothing unless polled"]
    pub struct ActixHandlerFuture<F, L = ()>
    where
        L: LabelSet,
        L: 'static,
    {
        #[pin]
        future: F,
        work: Work<L>,
    }
}

impl<F, L: LabelSet> fmt::Debug for ActixHandlerFuture<F, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActixHandlerFuture").finish_non_exhaustive()
    }
}

impl<F, B, L> Future for ActixHandlerFuture<F, L>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
    L: LabelSet,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let future = this.future;
        let response = ready!(this.work.run(|| future.poll(context)));
        if let Ok(response) = &response {
            template(response, |template| this.work.routed(template));
        }
        // Ends it.
        *this.work = Work::unmeasured();
        Poll::Ready(response)
    }
}
