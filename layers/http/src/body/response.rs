//! Bodies of responses.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Buf;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tallymark_core::LabelSet;

use crate::{label::GrpcStatus, observation::Sending};

pin_project! {
    /// The body of a response, whose bytes are counted as they are sent.
    ///
    /// Its frames are those of the body within. The request is in flight until this ends or is dropped.
    pub struct ResponseBody<B, L = ()>
    where
        L: LabelSet,
        L: 'static,
    {
        #[pin]
        body: B,
        sending: Sending<L>,
    }
}

impl<B, L: LabelSet> ResponseBody<B, L> {
    #[inline]
    pub(crate) fn new(body: B, sending: Sending<L>) -> Self {
        Self { body, sending }
    }

    /// Returns the body within.
    pub fn get_ref(&self) -> &B {
        &self.body
    }
}

impl<B: fmt::Debug, L: LabelSet> fmt::Debug for ResponseBody<B, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody").field("body", &self.body).finish_non_exhaustive()
    }
}

impl<B: Body, L: LabelSet> Body for ResponseBody<B, L> {
    type Data = B::Data;
    type Error = B::Error;

    #[inline]
    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let mut this = self.project();
        let guard = this.sending.enter();
        let polled = this.body.as_mut().poll_frame(context);
        guard.leave();
        let frame = ready!(polled);
        match &frame {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    this.sending.data(data.remaining());
                } else if let Some(trailers) = frame.trailers_ref() {
                    this.sending.trailers(GrpcStatus::of(trailers));
                }
                // Servers do not ask again once a body says that it is at its end.
                if this.body.is_end_stream() {
                    this.sending.end();
                }
            }
            Some(Err(_)) => this.sending.fail(),
            None => this.sending.end(),
        }
        Poll::Ready(frame)
    }

    #[inline]
    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    #[inline]
    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
