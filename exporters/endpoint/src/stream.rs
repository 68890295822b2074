//! A connection as hyper wants to see it, that gives up on a client which stops reading.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

use super::progress::Progress;

/// The head of a scraper's request fits.
const READ_AT_ONCE: usize = 2048;

/// What a connection is made over: TCP, a Unix socket, or TLS.
pub(super) trait Transport: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Transport for S {}

/// The transport is in a box, so that hyper's connection is compiled once. A scrape is a few reads and writes.
pub(super) struct Stream {
    inner: Box<dyn Transport>,
    patience: Duration,
    progress: Progress,
    /// Runs while the client takes nothing of what is to be written.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Stream {
    /// `patience` is how long a client may leave what is written to it unread. By the deadline of `progress` it must have
    /// all of a response.
    pub(super) fn new(inner: Box<dyn Transport>, patience: Duration, progress: Progress) -> Self {
        Self { inner, patience, progress, stalled: None }
    }

    /// Passes on the result of writing, or fails if the client has kept it waiting for too long.
    fn limit<T>(&mut self, context: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        let deadline = self.progress.deadline();
        if written.is_ready() {
            self.stalled = None;
            self.progress.moved();
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

impl Read for Stream {
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
        self.progress.moved();
        Poll::Ready(Ok(()))
    }
}

impl Write for Stream {
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
        // hyper flushes once it has written everything that it holds.
        if matches!(flushed, Poll::Ready(Ok(()))) {
            self.progress.sent();
        }
        // With TLS, what was written may wait here.
        if flushed.is_ready() { flushed } else { self.limit(context, flushed) }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.inner).poll_shutdown(context);
        if shut.is_ready() { shut } else { self.limit(context, shut) }
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, io::ErrorKind};

    use tokio::{
        io::{AsyncReadExt, duplex},
        time::sleep,
    };

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    async fn write(stream: &mut Stream, bytes: &[u8]) -> io::Result<usize> {
        poll_fn(|context| Pin::new(&mut *stream).poll_write(context, bytes)).await
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_reads_nothing() {
        let (own, _other) = duplex(4);
        let mut stream = Stream::new(Box::new(own), 3 * SECOND, Progress::new());
        let start = Instant::now();
        assert_eq!(write(&mut stream, b"12345678").await.ok(), Some(4));
        let error = write(&mut stream, b"5678").await.expect_err("nobody reads");
        assert_eq!((error.kind(), start.elapsed().as_secs()), (ErrorKind::TimedOut, 3));
    }

    /// Each byte that is taken starts the patience anew, so that a slow link does not count as stalled.
    #[tokio::test(start_paused = true)]
    async fn one_that_reads_a_little_now_and_then() {
        for (deadline, expected) in [(None, 20), (Some(7 * SECOND), 7)] {
            let (own, mut other) = duplex(1);
            tokio::spawn(async move {
                for _ in 0..20 {
                    sleep(SECOND).await;
                    other.read_u8().await.expect("a byte");
                }
                sleep(SECOND / 2).await;
            });
            let limit = Progress::new();
            let start = Instant::now();
            limit.asked(deadline.map(|deadline| start + deadline));
            let mut stream = Stream::new(Box::new(own), 3 * SECOND, limit);
            let mut written = 0;
            while let Ok(more) = write(&mut stream, b"x").await {
                written += more;
            }
            assert_eq!(start.elapsed().as_secs(), expected);
            assert!(written <= 21, "{written}");
        }
    }
}
