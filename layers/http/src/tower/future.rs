//! The response of a measured service.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use http::Response;
use http_body::Body;
use pin_project_lite::pin_project;
use tallymark_core::LabelSet;

use super::{Tower, reply};
use crate::{ResponseBody, ResponseHead, observation::Handling};

pin_project! {
    /// What an [`HttpService`](super::HttpService) answers. Dropped before it is ready, it counts as cancelled.
    #[must_use = "futures do nothing unless polled"]
    pub struct ResponseFuture<F, L = ()>
    where
        L: LabelSet,
        L: 'static,
    {
        #[pin]
        future: F,
        handling: Handling<L>,
        tower: &'static Tower<L>,
    }
}

impl<F, L: LabelSet> ResponseFuture<F, L> {
    #[inline]
    pub(super) fn new(future: F, handling: Handling<L>, tower: &'static Tower<L>) -> Self {
        Self { future, handling, tower }
    }
}

impl<F, L: LabelSet> fmt::Debug for ResponseFuture<F, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

impl<F, B, E, L> Future for ResponseFuture<F, L>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Body,
    L: LabelSet,
{
    type Output = Result<Response<ResponseBody<B, L>>, E>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let running = this.handling.poll(this.tower.address());
        let polled = this.future.poll(context);
        running.leave();
        // Looked at where it is, since each move would be a copy of the whole response.
        let sending = match &polled {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Ok(response)) => {
                if let Some(amend) = &this.tower.amend
                    && let Some(own) = this.handling.own()
                {
                    amend(own, &ResponseHead::of(response));
                }
                if this.tower.core.families.reads_content() {
                    this.handling.describe(reply::template(response), reply::charset(response));
                }
                this.handling.respond(reply::read(response, this.handling.is_grpc()))
            }
            Poll::Ready(Err(_)) => this.handling.fail(),
        };
        polled.map_ok(|response| response.map(|body| ResponseBody::new(body, sending)))
    }
}
