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

use super::{MeasuredBody, metrics::Shared, payload, routes::Lately};
use tallymark_http::{
    current,
    families::Arrival,
    label::{ErrorLabel, Method, TemplateName},
    observation::{Handling, Reply},
    tower::charset_of,
};

/// Measures requests. Made by [`ActixMetrics::middleware`](super::ActixMetrics::middleware).
pub struct Middleware<L: LabelSet + 'static = ()> {
    pub(super) shared: &'static Shared<L>,
}

impl<L: LabelSet + 'static> fmt::Debug for Middleware<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Middleware").field("core", &self.shared.core).finish_non_exhaustive()
    }
}

impl<S, B, L> Transform<S, ServiceRequest> for Middleware<L>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
    L: LabelSet + 'static,
{
    type Response = ServiceResponse<MeasuredBody<B, L>>;
    type Error = Error;
    type Transform = MiddlewareService<S, L>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(MiddlewareService { service, shared: self.shared, lately: Lately::new() }))
    }
}

/// The service within, measured.
#[allow(missing_debug_implementations, reason = "as with actix-web's own middleware")]
pub struct MiddlewareService<S, L: LabelSet + 'static = ()> {
    service: S,
    shared: &'static Shared<L>,
    lately: Lately,
}

impl<S, L: LabelSet + 'static> MiddlewareService<S, L> {
    fn begin(&self, request: &ServiceRequest) -> Handling<L> {
        let core = &self.shared.core;
        if !core.enabled || current::is_within(self.shared.address()) {
            return Handling::unmeasured();
        }
        let (route, matched) = self.lately.find(request, &core.routes);
        if route.is_excluded() {
            return Handling::unmeasured();
        }
        let arrival = Arrival {
            record: route.record(Method::named(request.method().as_str())),
            matched,
            transport: self.shared.transport(request),
            ajax: core.families.reads_content()
                && request.headers().get("x-requested-with").is_some_and(|value| value == "XMLHttpRequest"),
        };
        Handling::begin(core, arrival, (self.shared.extract)(request))
    }
}

impl<S, B, L> Service<ServiceRequest> for MiddlewareService<S, L>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
    L: LabelSet + 'static,
{
    type Response = ServiceResponse<MeasuredBody<B, L>>;
    type Error = Error;
    type Future = MiddlewareResponse<S::Future, L>;

    forward_ready!(service);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let mut handling = self.begin(&request);
        if let Some(sizes) = handling.own().and_then(|own| self.shared.core.families.request_body(own)) {
            payload::count(&mut request, sizes);
        }
        let within = handling.call(self.shared.address());
        let future = self.service.call(request);
        within.leave();
        MiddlewareResponse { future, handling, shared: self.shared }
    }
}

pin_project! {
    /// What a [`MiddlewareService`] answers. Dropped before it is ready, it counts as cancelled.
    #[must_use = "futures do nothing unless polled"]
    #[allow(missing_debug_implementations)]
    pub struct MiddlewareResponse<F, L = ()>
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

impl<F, B, L> Future for MiddlewareResponse<F, L>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
    B: MessageBody,
    L: LabelSet,
{
    type Output = Result<ServiceResponse<MeasuredBody<B, L>>, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let running = this.handling.poll(this.shared.address());
        let polled = this.future.poll(context);
        running.leave();
        match ready!(polled) {
            Ok(response) => {
                if this.shared.core.families.reads_content() {
                    let (template, charset) = describe(response.response());
                    this.handling.describe(template, charset);
                }
                let sending = this.handling.respond(read(response.response()));
                Poll::Ready(Ok(response.map_body(|_, body| MeasuredBody::new(body, sending))))
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

/// The template that a response was made from, and its charset.
fn describe<B>(response: &HttpResponse<B>) -> (Option<&'static str>, Option<&'static str>) {
    let template = response.extensions().get::<TemplateName>().map(|template| template.0);
    let kind = response.headers().get(header::CONTENT_TYPE);
    (template, kind.and_then(|kind| charset_of(kind.as_bytes())))
}

fn read<B: MessageBody>(response: &HttpResponse<B>) -> Reply {
    let size = response.body().size();
    Reply {
        status: response.status().as_u16(),
        error: response.extensions().get::<ErrorLabel>().copied(),
        grpc: None,
        length: match size {
            BodySize::None => Some(0),
            BodySize::Sized(length) => Some(length),
            BodySize::Stream => None,
        },
        empty: size.is_eof(),
    }
}
