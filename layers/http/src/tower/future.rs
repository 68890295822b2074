//! The response of a measured service.

use std::{
    fmt,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll},
};

use http::Response;
use http_body::Body;
use pin_project_lite::pin_project;
use tallymark_core::LabelSet;

use super::{
    bodies::{CountedBodies, RouteTemplates},
    reply,
    state::Tower,
};
use crate::{
    body::ResponseBody,
    head::ResponseHead,
    observation::{Handling, Waiting},
};

pin_project! {
    /// The response of an [`HttpService`](crate::HttpService). Dropped before it is ready, it counts as cancelled.
    #[must_use = "futures do nothing unless polled"]
    pub struct HttpResponseFuture<F, L = (), R = CountedBodies>
    where
        L: LabelSet,
        L: 'static,
    {
        #[pin]
        future: F,
        handling: Handling<L>,
        tower: &'static Tower<L>,
        templates: PhantomData<fn() -> R>,
    }
}

impl<F, L: LabelSet, R> HttpResponseFuture<F, L, R> {
    #[inline]
    pub(super) fn new(future: F, waiting: Waiting<L>, tower: &'static Tower<L>) -> Self {
        Self { future, handling: waiting.into(), tower, templates: PhantomData }
    }
}

impl<F, L: LabelSet, R> fmt::Debug for HttpResponseFuture<F, L, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponseFuture").finish_non_exhaustive()
    }
}

impl<F, B, E, L, R> Future for HttpResponseFuture<F, L, R>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Body,
    L: LabelSet,
    R: RouteTemplates,
{
    type Output = Result<Response<ResponseBody<B, L>>, E>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let running = this.handling.poll(this.tower.state.id);
        let polled = this.future.poll(context);
        let told = running.leave();
        this.handling.learn(told);
        // Looked at where it is, since each move would be a copy of the whole response.
        let sending = match &polled {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Ok(response)) => {
                this.handling.settle();
                if this.handling.is_unmatched() {
                    this.tower.find_template::<R>(this.handling, response.extensions());
                }
                if let (Some(amend), Some(own)) = (&this.tower.amend, this.handling.own()) {
                    amend(own, &ResponseHead::of(response));
                }
                if this.tower.state.families.reads_content() {
                    this.handling.describe(reply::template(response), reply::charset(response));
                }
                this.handling.respond(reply::read(response, this.handling.is_grpc()))
            }
            Poll::Ready(Err(_)) => this.handling.fail(),
        };
        polled.map_ok(|response| response.map(|body| ResponseBody::new(body, sending)))
    }
}
