//! Bodies of requests.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Buf;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tallymark_core::HistogramHandle;

pin_project! {
    /// The body of a request, whose bytes are counted as the service reads them.
    ///
    /// Its frames are those of the body within. When it is dropped, what was read goes to `http_request_body_bytes`.
    #[derive(Debug)]
    pub struct RequestBody<B> {
        #[pin]
        body: B,
        read: Read,
    }
}

/// How much was read.
#[derive(Debug)]
struct Read {
    bytes: u64,
    sizes: Option<HistogramHandle>,
}

impl Drop for Read {
    #[inline]
    fn drop(&mut self) {
        if let Some(sizes) = self.sizes.take() {
            sizes.observe(self.bytes as f64);
        }
    }
}

impl<B> RequestBody<B> {
    #[doc(hidden)]
    #[inline]
    pub fn new(body: B, sizes: Option<HistogramHandle>) -> Self {
        Self { body, read: Read { bytes: 0, sizes } }
    }

    /// Returns the body within.
    pub fn get_ref(&self) -> &B {
        &self.body
    }

    /// Returns the body within, which is then no longer counted.
    pub fn into_inner(self) -> B {
        self.body
    }
}

/// An empty body, or whatever `B` has by default, that is not counted.
impl<B: Default> Default for RequestBody<B> {
    fn default() -> Self {
        Self::new(B::default(), None)
    }
}

impl<B: Body> Body for RequestBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    #[inline]
    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.project();
        let frame = ready!(this.body.poll_frame(context));
        let data = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref());
        if let Some(data) = data {
            this.read.bytes = this.read.bytes.saturating_add(data.remaining() as u64);
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
