//! Bodies of responses.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use actix_web::body::{BodySize, MessageBody};
use bytes::Bytes;
use pin_project_lite::pin_project;
use tallymark_core::LabelSet;
use tallymark_http::__adapter::Sending;

pin_project! {
    /// The body of a response, whose bytes are counted as they are sent.
    ///
    /// Its pieces are those of the body within. The request is in flight until this ends or is dropped.
    pub struct ActixBody<B, L = ()>
    where
        L: LabelSet,
        L: 'static,
    {
        #[pin]
        body: B,
        sending: Sending<L>,
    }
}

impl<B, L: LabelSet> ActixBody<B, L> {
    pub(crate) fn new(body: B, sending: Sending<L>) -> Self {
        Self { body, sending }
    }
}

impl<B: fmt::Debug, L: LabelSet> fmt::Debug for ActixBody<B, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActixBody").field("body", &self.body).finish_non_exhaustive()
    }
}

impl<B: MessageBody, L: LabelSet> MessageBody for ActixBody<B, L> {
    type Error = B::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, B::Error>>> {
        let this = self.project();
        let body = this.body;
        let piece = ready!(this.sending.run(|| body.poll_next(context)));
        match &piece {
            Some(Ok(bytes)) => this.sending.data(bytes.len()),
            Some(Err(_)) => this.sending.fail(),
            None => this.sending.end(),
        }
        Poll::Ready(piece)
    }
}
