//! Response bodies: nothing, some text, or a scrape that is encoded while it is sent.

use std::{
    collections::VecDeque,
    fmt,
    future::poll_fn,
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tallymark_core::{encode::CHUNK, registry::Request};
use tokio::{
    runtime::Handle,
    task::JoinHandle,
    time::{Instant, Sleep, sleep_until},
};

use super::{
    coding::Coding,
    encoding::Encoding,
    limit::{Permit, Sending},
    progress::Progress,
    source::Source,
};

/// A scrape up to this size is encoded before the response begins, which then has a `Content-Length`.
const WHOLE: usize = 256 * 1024;

/// The body of a response to a scrape.
///
/// A small exposition is held whole; a larger one is encoded piece by piece as the client takes it.
#[must_use]
pub struct Body {
    /// Shared with the limit of scrapes, which ends one whose client has stopped reading.
    content: Arc<Mutex<Content>>,
    /// When the response has to be over.
    deadline: Option<Pin<Box<Sleep>>>,
    /// That of the connection, where it is ours.
    progress: Option<Progress>,
}

/// What is to be sent of a body.
struct Content {
    /// What can be sent.
    ready: VecDeque<Bytes>,
    rest: Rest,
    /// Held until the last byte is handed over.
    permit: Option<Permit>,
    /// When it was last asked for some of it.
    asked: Instant,
    /// Whether it was ended for another scrape.
    cut: bool,
}

/// What is yet to be encoded.
enum Rest {
    Nothing,
    /// No task encodes, for what is ready was not taken yet.
    Waiting(Box<Encoding>),
    /// A blocking task encodes, so that a slow collector holds up one scrape and no other connection.
    Running(JoinHandle<(Box<Encoding>, io::Result<Vec<Bytes>>)>),
}

impl Body {
    pub(super) fn empty() -> Self {
        Self::new(VecDeque::new(), None)
    }

    pub(super) fn text(text: String) -> Self {
        Self::new(VecDeque::from([Bytes::from(text)]), None)
    }

    #[cfg(feature = "live")]
    pub(super) fn bytes(bytes: Bytes) -> Self {
        Self::new(VecDeque::from([bytes]), None)
    }

    fn new(ready: VecDeque<Bytes>, permit: Option<Permit>) -> Self {
        let content = Content { ready, rest: Rest::Nothing, permit, asked: Instant::now(), cut: false };
        Self { content: Arc::new(Mutex::new(content)), deadline: None, progress: None }
    }

    /// Encodes the beginning of a scrape; all of it, if it is small.
    pub(super) async fn scrape(
        source: Source,
        request: Request,
        coding: Coding,
        permit: Permit,
    ) -> io::Result<Self> {
        Self::encode(Encoding::new(source, request, coding), permit).await
    }

    /// Encodes the beginning; all of it, if it is small.
    pub(super) async fn encode(encoding: io::Result<Encoding>, permit: Permit) -> io::Result<Self> {
        let limit = permit.limit().clone();
        let body = Self::new(VecDeque::new(), Some(permit));
        let encoded = match encoding {
            Ok(encoding) => {
                body.lock().rest = Rest::Waiting(Box::new(encoding));
                poll_fn(|context| body.lock().poll_ahead(WHOLE, context)).await
            }
            Err(error) => Err(error),
        };
        let mut content = body.lock();
        content.asked = Instant::now();
        if encoded.is_err() {
            content.fail();
        }
        drop(content);
        let content: Arc<dyn Sending> = body.content.clone();
        limit.watch(Arc::downgrade(&content));
        encoded.map(|()| body)
    }

    fn lock(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes it end in an error if it is not over by then. Only within a runtime that has timers.
    pub(super) fn end_by(&mut self, deadline: Instant) {
        self.deadline = Some(Box::pin(sleep_until(deadline)));
    }

    /// Reports to the connection when it is over.
    pub(super) fn report_to(&mut self, progress: Progress) {
        self.progress = Some(progress);
    }

    /// Drops what would be sent, as the request asks for no more than the head.
    pub(super) fn clear(&mut self) {
        let mut content = self.lock();
        content.ready.clear();
        content.rest = Rest::Nothing;
    }

    /// Returns the length in bytes of what is left, if it is known before the end.
    pub(super) fn len(&self) -> Option<usize> {
        self.lock().len()
    }
}

impl Content {
    fn len(&self) -> Option<usize> {
        match &self.rest {
            // What was cut off ends in an error.
            Rest::Nothing if !self.cut => Some(self.ready.iter().map(Bytes::len).sum()),
            Rest::Nothing | Rest::Waiting(_) | Rest::Running(_) => None,
        }
    }

    /// Encodes nothing any more.
    fn stop(&mut self) {
        if let Rest::Running(task) = std::mem::replace(&mut self.rest, Rest::Nothing) {
            // What has not begun when its client is gone is not begun at all.
            task.abort();
        }
    }

    /// Waits until so many bytes are ready, or all that are left.
    fn poll_ahead(&mut self, enough: usize, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            let ready: usize = self.ready.iter().map(Bytes::len).sum();
            if ready >= enough {
                return Poll::Ready(Ok(()));
            }
            let (encoding, batch) = match std::mem::replace(&mut self.rest, Rest::Nothing) {
                Rest::Nothing => return Poll::Ready(Ok(())),
                Rest::Waiting(mut encoding) => {
                    let encode = move || {
                        let batch = encoding.next_batch(enough - ready);
                        (encoding, batch)
                    };
                    // Without a tokio runtime, the task that polls encodes.
                    match Handle::try_current() {
                        Err(_) => encode(),
                        Ok(runtime) => {
                            self.rest = Rest::Running(runtime.spawn_blocking(encode));
                            continue;
                        }
                    }
                }
                Rest::Running(mut task) => match Pin::new(&mut task).poll(context) {
                    Poll::Ready(done) => done.map_err(io::Error::other)?,
                    Poll::Pending => {
                        self.rest = Rest::Running(task);
                        return Poll::Pending;
                    }
                },
            };
            self.ready.extend(batch?);
            if !encoding.is_over() {
                self.rest = Rest::Waiting(encoding);
            }
        }
    }

    /// Ends it where it is.
    fn fail(&mut self) {
        self.rest = Rest::Nothing;
        self.ready.clear();
        if let Some(permit) = &mut self.permit {
            permit.fail();
        }
    }
}

impl Sending for Mutex<Content> {
    fn waiting_since(&self) -> Option<Instant> {
        let content = self.try_lock().ok()?;
        let is_waiting = content.permit.is_some() && content.len() != Some(0);
        is_waiting.then_some(content.asked)
    }

    fn cut(&self) {
        let mut content = self.lock().unwrap_or_else(PoisonError::into_inner);
        content.cut = true;
        content.ready = VecDeque::new();
        content.stop();
        // Counted as a scrape that did not get all.
        content.permit = None;
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        let mut content = self.lock();
        // A scrape whose connection is ours is not over before its last bytes have left for the client.
        let is_over = content.len() == Some(0);
        let sent = content.permit.take().filter(|_| is_over);
        content.stop();
        drop(content);
        match (self.progress.take(), sent) {
            (Some(progress), sent) => progress.written(sent),
            (None, Some(mut permit)) => permit.finish(),
            (None, None) => {}
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
        let late = self.deadline.as_mut().is_some_and(|deadline| deadline.as_mut().poll(context).is_ready());
        if late {
            return Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into())));
        }
        let mut unsent = self.lock();
        if unsent.cut {
            return Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into())));
        }
        unsent.asked = Instant::now();
        if unsent.ready.is_empty() {
            if let Err(error) = ready!(unsent.poll_ahead(CHUNK, context)) {
                unsent.fail();
                return Poll::Ready(Some(Err(error)));
            }
        }
        Poll::Ready(unsent.ready.pop_front().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.len() == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        self.len().map_or_else(SizeHint::default, |len| SizeHint::with_exact(len as u64))
    }
}
