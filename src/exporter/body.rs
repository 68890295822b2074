//! Response bodies: nothing, some text, or a scrape that is encoded while it is sent.

use std::{
    collections::VecDeque,
    fmt, io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tallymark_core::registry::{Chunks, Format};

use super::work::Work;
use crate::exposition;

/// A scrape up to this size is encoded before the response begins, which then has a `Content-Length`.
const WHOLE: usize = 256 * 1024;

/// How much of a larger scrape is encoded at a time. Together with what the connection buffers, this bounds the
/// memory that a client can hold by reading slowly.
const PIECE: usize = 64 * 1024;

/// The body of a response to a scrape.
///
/// A small exposition is held whole; a larger one is encoded piece by piece as the client takes it.
#[must_use]
pub struct Body {
    ready: VecDeque<Bytes>,
    rest: Rest,
}

enum Rest {
    Nothing,
    Waiting(Scrape),
    Encoding(Work<(Scrape, VecDeque<Bytes>)>),
}

impl Body {
    pub(super) fn empty() -> Self {
        Self { ready: VecDeque::new(), rest: Rest::Nothing }
    }

    pub(super) fn text(text: String) -> Self {
        Self { ready: VecDeque::from([Bytes::from(text)]), rest: Rest::Nothing }
    }

    /// Encodes the beginning, and with luck the whole, of a scrape.
    pub(super) async fn scrape(format: Format) -> io::Result<Self> {
        let (scrape, ready) = Work::start(move || Scrape::new(format).advance(WHOLE)).await?;
        Ok(Self { ready, rest: scrape.rest() })
    }

    /// The length in bytes, if it is known before the end.
    pub(super) fn len(&self) -> Option<usize> {
        matches!(self.rest, Rest::Nothing).then(|| self.ready.iter().map(Bytes::len).sum())
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
        loop {
            if let Some(bytes) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(Frame::data(bytes))));
            }
            self.rest = match std::mem::replace(&mut self.rest, Rest::Nothing) {
                Rest::Nothing => return Poll::Ready(None),
                Rest::Waiting(scrape) => Rest::Encoding(Work::start(move || scrape.advance(PIECE))),
                Rest::Encoding(mut work) => match Pin::new(&mut work).poll(context) {
                    Poll::Pending => {
                        self.rest = Rest::Encoding(work);
                        return Poll::Pending;
                    }
                    Poll::Ready(Err(error)) => return Poll::Ready(Some(Err(error))),
                    Poll::Ready(Ok((scrape, ready))) => {
                        self.ready = ready;
                        scrape.rest()
                    }
                },
            };
        }
    }

    fn is_end_stream(&self) -> bool {
        self.ready.is_empty() && matches!(self.rest, Rest::Nothing)
    }

    fn size_hint(&self) -> SizeHint {
        self.len().map_or_else(SizeHint::default, |len| SizeHint::with_exact(len as u64))
    }
}

/// A scrape between two of its pieces.
struct Scrape {
    chunks: Chunks,
    done: bool,
}

impl Scrape {
    fn new(format: Format) -> Self {
        Self { chunks: exposition::chunks(format), done: false }
    }

    /// Encodes at least `enough` bytes, or all that is left.
    fn advance(mut self, enough: usize) -> (Self, VecDeque<Bytes>) {
        let mut encoded = VecDeque::new();
        let mut length = 0;
        while length < enough && !self.done {
            match self.chunks.next() {
                Some(chunk) => {
                    length += chunk.len();
                    encoded.push_back(Bytes::from(chunk));
                }
                None => self.done = true,
            }
        }
        (self, encoded)
    }

    fn rest(self) -> Rest {
        if self.done { Rest::Nothing } else { Rest::Waiting(self) }
    }
}
