//! Response bodies: nothing, some text, or a scrape that is encoded while it is sent.

use std::{
    fmt,
    future::poll_fn,
    io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::{
    scrapes::Place,
    shared::{self, Reader, Wanted},
};

/// A scrape up to this size is encoded before the response begins, which then has a `Content-Length`.
const WHOLE: usize = 256 * 1024;

/// The body of a response to a scrape.
///
/// A small exposition is held whole; a larger one is encoded piece by piece as the client takes it. Scrapes that arrive
/// together share the pieces. One that is read so slowly that it would hold up the others ends in an error.
#[must_use]
pub struct Body {
    content: Content,
    /// When the answer has to be over.
    deadline: Option<Pin<Box<Sleep>>>,
}

enum Content {
    Text(Bytes),
    /// The place is given back when the body has been read, or nobody wants to read it any more.
    Scrape {
        reader: Reader,
        _place: Option<Place>,
    },
}

impl Body {
    pub(super) fn empty() -> Self {
        Self::of(Content::Text(Bytes::new()))
    }

    pub(super) fn text(text: String) -> Self {
        Self::of(Content::Text(Bytes::from(text)))
    }

    /// Encodes the beginning, and with luck the whole, of a scrape. One that is `alone` shares nothing with others.
    pub(super) async fn scrape(wanted: &Wanted, alone: bool, place: Option<Place>) -> io::Result<Self> {
        let mut reader = shared::scrape(wanted, alone);
        poll_fn(|context| reader.poll_ahead(WHOLE, context)).await?;
        Ok(Self::of(Content::Scrape { reader, _place: place }))
    }

    fn of(content: Content) -> Self {
        Self { content, deadline: None }
    }

    /// Makes it end in an error if it is not over by then. Only within a runtime that has timers.
    pub(super) fn end_by(&mut self, deadline: Instant) {
        self.deadline = Some(Box::pin(sleep_until(deadline)));
    }

    /// The length in bytes of what is left, if it is known before the end.
    pub(super) fn len(&self) -> Option<usize> {
        match &self.content {
            Content::Text(text) => Some(text.len()),
            Content::Scrape { reader, .. } => reader.remaining(),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(deadline) = &mut self.deadline
            && deadline.as_mut().poll(context).is_ready()
        {
            return Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into())));
        }
        match &mut self.content {
            Content::Text(text) if text.is_empty() => Poll::Ready(None),
            Content::Text(text) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(text))))),
            Content::Scrape { reader, .. } => {
                reader.poll_chunk(context).map(|chunk| Some(chunk?.map(Frame::data)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.len() == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        self.len().map_or_else(SizeHint::default, |len| SizeHint::with_exact(len as u64))
    }
}
