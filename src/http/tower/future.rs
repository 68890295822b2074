//! The response of a measured service.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use http::Response;
use http_body::Body;
use pin_project_lite::pin_project;
use tallymark_core::LabelSet;

use super::{Tower, reply};
use crate::http::{ResponseBody, ResponseHead, current, observation::Handling, scope::Scope};

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
        scope: Scope,
        tower: &'static Tower<L>,
        to_head: bool,
    }
}

impl<F, L: LabelSet> ResponseFuture<F, L> {
    #[inline]
    pub(super) fn new(future: F, handling: Handling<L>, tower: &'static Tower<L>, to_head: bool) -> Self {
        let scope = tower.core.scopes.scope(handling.is_measured());
        Self { future, handling, scope, tower, to_head }
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
        let within = current::enter(this.tower.address(), || this.handling.panicked());
        let entered = this.scope.enter();
        let polled = this.future.poll(context);
        drop(entered);
        within.leave();
        let response = match ready!(polled) {
            Ok(response) => response,
            Err(error) => {
                this.handling.fail();
                return Poll::Ready(Err(error));
            }
        };
        if let Some(amend) = &this.tower.amend
            && let Some(own) = this.handling.own()
        {
            amend(own, &ResponseHead::of(&response));
        }
        let reads = this.tower.core.families.reads_content();
        let reply = reply::read(&response, *this.to_head, this.handling.is_grpc(), reads);
        let sending = this.handling.respond(reply);
        Poll::Ready(Ok(response.map(|body| ResponseBody::new(body, sending))))
    }
}
