//! The middleware around a whole application.

use std::{
    fmt,
    future::{Ready, ready},
    pin::Pin,
    task::{Context, Poll, ready},
};

use actix_web::{
    Error, HttpResponse,
    body::{BodySize, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    http::header,
};
use pin_project_lite::pin_project;
use tallymark_core::LabelSet;
use tallymark_http::{
    __adapter::{Handling, Reply, charset_of},
    ErrorLabel, TemplateName,
};

use crate::{
    body::ActixBody,
    payload,
    recent::RecentTemplates,
    shared::{Shared, template},
};

/// Measures requests. Made by [`ActixMetrics::middleware`](crate::ActixMetrics::middleware).
#[derive(Debug)]
pub struct ActixMiddleware<L: LabelSet + 'static = ()> {
    pub(crate) shared: &'static Shared<L>,
}

impl<S, B, L> Transform<S, ServiceRequest> for ActixMiddleware<L>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
    L: LabelSet + 'static,
{
    type Response = ServiceResponse<ActixBody<B, L>>;
    type Error = Error;
    type Transform = ActixService<S, L>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(ActixService { service, shared: self.shared, recent: RecentTemplates::new() }))
    }
}

/// Measures the requests of the service within. Made by [`ActixMiddleware`].
pub struct ActixService<S, L: LabelSet + 'static = ()> {
    service: S,
    shared: &'static Shared<L>,
    recent: RecentTemplates,
}

impl<S, L: LabelSet + 'static> fmt::Debug for ActixService<S, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActixService").field("shared", self.shared).finish_non_exhaustive()
    }
}

impl<S, B, L> Service<ServiceRequest> for ActixService<S, L>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
    L: LabelSet + 'static,
{
    type Response = ServiceResponse<ActixBody<B, L>>;
    type Error = Error;
    type Future = ActixResponseFuture<S::Future, L>;

    forward_ready!(service);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let mut waiting = self.shared.begin(&request, &self.recent);
        if let Some(sizes) = self.shared.metrics.request_body(&mut waiting) {
            payload::count(&mut request, sizes);
        }
        let future = self.shared.metrics.call(&mut waiting, || self.service.call(request));
        ActixResponseFuture { future, handling: waiting.into(), shared: self.shared }
    }
}

pin_project! {
    /// The response of an [`ActixService`]. Dropped before it is ready, it counts as cancelled.
    #[must_use = "futures do nothing unless polled"]
    pub struct ActixResponseFuture<F, L = ()>
    where
        L: LabelSet,
        L: 'static,
    {
        #[pin]
        future: F,
        handling: Handling<L>,
        shared: &'static Shared<L>,
    }
}

impl<F, L: LabelSet> fmt::Debug for ActixResponseFuture<F, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActixResponseFuture").finish_non_exhaustive()
    }
}

impl<F, B, L> Future for ActixResponseFuture<F, L>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
    B: MessageBody,
    L: LabelSet,
{
    type Output = Result<ServiceResponse<ActixBody<B, L>>, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let metrics = this.shared.metrics;
        let future = this.future;
        match ready!(metrics.poll(this.handling, || future.poll(context))) {
            Ok(response) => {
                if this.handling.own().is_some() {
                    template(&response, |template| this.handling.routed(template));
                }
                if metrics.reads_content() {
                    let (template, charset) = describe(response.response());
                    this.handling.describe(template, charset);
                }
                let sending = this.handling.respond(read(response.response()));
                Poll::Ready(Ok(response.map_body(|_, body| ActixBody::new(body, sending))))
            }
            Err(error) => {
                // The server makes a response of it, out of reach of all middleware.
                let status = error.as_response_error().status_code().as_u16();
                let label = Some(ErrorLabel::named("service"));
                let reply = Reply { status, error: label, grpc: None, length: Some(0), empty: true };
                drop(this.handling.respond(reply));
                Poll::Ready(Err(error))
            }
        }
    }
}

/// Returns the template of HTML that a response was made from, and its charset.
fn describe<B>(response: &HttpResponse<B>) -> (Option<&'static str>, Option<&'static str>) {
    let template = response.extensions().get::<TemplateName>().map(|template| template.0);
    let kind = response.headers().get(header::CONTENT_TYPE);
    (template, kind.and_then(|kind| charset_of(kind.as_bytes())))
}

/// Reads the head of a response.
fn read<B: MessageBody>(response: &HttpResponse<B>) -> Reply {
    let size = response.body().size();
    Reply {
        status: response.status().as_u16(),
        error: response.extensions().get::<ErrorLabel>().copied(),
        grpc: None,
        length: match size {
            BodySize::None => Some(0),
            BodySize::Sized(length) => Some(length),
            // Such as a file, or the response of another server that is passed on.
            BodySize::Stream => declared_length(response),
        },
        empty: size.is_eof(),
    }
}

/// Returns the length that a head declares, for a body that does not know its own.
fn declared_length<B>(response: &HttpResponse<B>) -> Option<u64> {
    let mut fields = response.headers().get_all(header::CONTENT_LENGTH);
    let field = fields.next()?;
    if fields.next().is_some() { None } else { Reply::declared_length(field.as_bytes()) }
}
