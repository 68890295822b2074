//! A service whose requests are measured.

use std::{
    fmt,
    marker::PhantomData,
    task::{Context, Poll},
};

use http::{Request, Response};
use http_body::Body;
use tallymark_core::LabelSet;
use tower_service::Service;

use super::{
    bodies::{CountedBodies, RequestBodies},
    future::HttpResponseFuture,
    state::Tower,
};
use crate::{
    body::ResponseBody,
    current::{self, Told},
    observation::Waiting,
};

/// Measures the requests of the service within. Made by [`HttpLayer`](crate::HttpLayer).
pub struct HttpService<S, L: LabelSet + 'static = (), R = CountedBodies> {
    inner: S,
    tower: &'static Tower<L>,
    bodies: PhantomData<fn() -> R>,
}

impl<S, L: LabelSet + 'static, R> HttpService<S, L, R> {
    pub(super) fn new(inner: S, tower: &'static Tower<L>) -> Self {
        Self { inner, tower, bodies: PhantomData }
    }

    /// Returns the service within.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }
}

impl<S: Clone, L: LabelSet + 'static, R> Clone for HttpService<S, L, R> {
    fn clone(&self) -> Self {
        Self::new(self.inner.clone(), self.tower)
    }
}

impl<S: fmt::Debug, L: LabelSet + 'static, R> fmt::Debug for HttpService<S, L, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpService").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl<S, L, R, B, ResBody> Service<Request<B>> for HttpService<S, L, R>
where
    S: Service<Request<R::Body>, Response = Response<ResBody>>,
    L: LabelSet + 'static,
    R: RequestBodies<B>,
    ResBody: Body,
{
    type Response = Response<ResponseBody<ResBody, L>>;
    type Error = S::Error;
    type Future = HttpResponseFuture<S::Future, L, R>;

    #[inline]
    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    #[inline]
    fn call(&mut self, request: Request<B>) -> Self::Future {
        let state = &self.tower.state;
        let mut waiting = if !state.enabled {
            Waiting::unmeasured()
        } else if current::is_within(state.id) {
            let record = self.tower.known_record::<R, B>(&request);
            current::tell(state.id, Told { record, handler: false });
            Waiting::unmeasured()
        } else {
            self.tower.begin::<R, B>(&request)
        };
        let sizes = waiting.own().and_then(|own| state.families.request_body(own));
        let guard = waiting.call(state.id);
        let future = self.inner.call(R::wrap(request, sizes));
        let told = guard.leave();
        waiting.learn(told);
        HttpResponseFuture::new(future, waiting, self.tower)
    }
}
