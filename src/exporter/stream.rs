//! A connection as hyper wants to see it, that gives up on a client which stops reading.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

/// The head of a scraper's request fits.
const READ_AT_ONCE: usize = 2048;

/// When the answer to the present request has to be with the client. What answers sets it, what writes looks at it.
#[derive(Clone, Debug, Default)]
pub(super) struct Deadline(Arc<Mutex<Option<Instant>>>);

impl Deadline {
    pub(super) fn set(&self, deadline: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(deadline);
    }

    fn get(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) struct Stream<S> {
    inner: S,
    patience: Duration,
    deadline: Deadline,
    /// Runs while the client takes nothing of what is to be written.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl<S> Stream<S> {
    /// `patience` is how long a client may leave what is written to it unread, `deadline` when it must have it all.
    pub(super) fn new(inner: S, patience: Duration, deadline: Deadline) -> Self {
        Self { inner, patience, deadline, stalled: None }
    }

    /// Passes on the result of writing, or fails if the client has kept it waiting for too long.
    fn limit<T>(&mut self, context: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        let deadline = self.deadline.get();
        if written.is_ready() {
            self.stalled = None;
            // One that takes a little now and then would never seem to stall.
            let late = deadline.is_some_and(|deadline| deadline <= Instant::now());
            return if late { Poll::Ready(Err(io::ErrorKind::TimedOut.into())) } else { written };
        }
        let patience = self.patience;
        let stalled = self.stalled.get_or_insert_with(|| {
            let end = Instant::now() + patience;
            Box::pin(sleep_until(deadline.map_or(end, |deadline| deadline.min(end))))
        });
        ready!(stalled.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> Read for Stream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut cursor: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let mut space = [0; READ_AT_ONCE];
        let room = cursor.remaining().min(space.len());
        let mut buffer = ReadBuf::new(space.get_mut(..room).unwrap_or_default());
        ready!(Pin::new(&mut self.inner).poll_read(context, &mut buffer))?;
        cursor.put_slice(buffer.filled());
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> Write for Stream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.limit(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        self.limit(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.inner).poll_flush(context);
        // With TLS, what was written may wait here.
        if flushed.is_ready() { flushed } else { self.limit(context, flushed) }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.inner).poll_shutdown(context);
        if shut.is_ready() { shut } else { self.limit(context, shut) }
    }
}
