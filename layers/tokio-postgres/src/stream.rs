//! Rows, and what is copied, as streams.

use super::execution::Execution;
use bytes::{Buf, Bytes};
use futures_core::Stream;
use futures_sink::Sink;
use pin_project_lite::pin_project;
use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio_postgres::{CopyInSink, CopyOutStream, Error, Row, RowStream};

pin_project! {
    /// The rows of a statement, which is measured until the last of them. Made by
    /// [`InstrumentedClient::query_raw`](super::InstrumentedClient::query_raw).
    #[must_use = "streams do nothing unless polled"]
    pub struct InstrumentedRowStream {
        #[pin]
        rows: RowStream,
        execution: Option<Execution>,
    }
}

impl InstrumentedRowStream {
    pub(super) fn new(rows: RowStream, execution: Execution) -> Self {
        Self { rows, execution: Some(execution) }
    }

    /// Returns how many rows the statement has written, once the stream has ended.
    pub fn rows_affected(&self) -> Option<u64> {
        self.rows.rows_affected()
    }
}

impl Stream for InstrumentedRowStream {
    type Item = Result<Row, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        let next = ready!(this.rows.as_mut().poll_next(context));
        match (next, this.execution.as_mut()) {
            (Some(Ok(row)), Some(execution)) => {
                execution.see_row();
                Poll::Ready(Some(Ok(row)))
            }
            (Some(Ok(row)), None) => Poll::Ready(Some(Ok(row))),
            (Some(Err(error)), _) => Poll::Ready(Some(match this.execution.take() {
                Some(execution) => execution.finish(Err(error)),
                None => Err(error),
            })),
            (None, _) => {
                if let Some(mut execution) = this.execution.take() {
                    execution.see_written(this.rows.rows_affected());
                    let _ended = execution.finish(Ok(()));
                }
                Poll::Ready(None)
            }
        }
    }
}

impl fmt::Debug for InstrumentedRowStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstrumentedRowStream").finish_non_exhaustive()
    }
}

/// Returns the next item of a stream.
pub(super) async fn next<S: Stream>(stream: &mut Pin<&mut S>) -> Option<S::Item> {
    poll_fn(|context| stream.as_mut().poll_next(context)).await
}

pin_project! {
    /// What is copied out of the database. Made by
    /// [`InstrumentedClient::copy_out`](super::InstrumentedClient::copy_out).
    #[must_use = "streams do nothing unless polled"]
    pub struct InstrumentedCopyOut {
        #[pin]
        pieces: CopyOutStream,
        execution: Option<Execution>,
    }
}

impl InstrumentedCopyOut {
    pub(super) fn new(pieces: CopyOutStream, execution: Execution) -> Self {
        Self { pieces, execution: Some(execution) }
    }
}

impl Stream for InstrumentedCopyOut {
    type Item = Result<Bytes, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.project();
        let next = ready!(this.pieces.poll_next(context));
        match next {
            Some(Ok(piece)) => {
                if let Some(execution) = this.execution {
                    execution.see_row();
                }
                Poll::Ready(Some(Ok(piece)))
            }
            Some(Err(error)) => Poll::Ready(Some(match this.execution.take() {
                Some(execution) => execution.finish(Err(error)),
                None => Err(error),
            })),
            None => {
                if let Some(execution) = this.execution.take() {
                    let _ended = execution.finish(Ok(()));
                }
                Poll::Ready(None)
            }
        }
    }
}

impl fmt::Debug for InstrumentedCopyOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstrumentedCopyOut").finish_non_exhaustive()
    }
}

pin_project! {
    /// Where rows go that are copied into the database. They are counted when it is finished. Made by
    /// [`InstrumentedClient::copy_in`](super::InstrumentedClient::copy_in).
    #[must_use = "nothing is copied unless it is finished"]
    pub struct InstrumentedCopyIn<T> {
        #[pin]
        sink: CopyInSink<T>,
        execution: Option<Execution>,
    }
}

impl<T: Buf + 'static + Send> InstrumentedCopyIn<T> {
    pub(super) fn new(sink: CopyInSink<T>, execution: Execution) -> Self {
        Self { sink, execution: Some(execution) }
    }

    /// Ends the copy, and returns how many rows were written. Without it, nothing is.
    ///
    /// # Errors
    ///
    /// Those of [`CopyInSink::finish`].
    pub async fn finish(mut self: Pin<&mut Self>) -> Result<u64, Error> {
        poll_fn(|context| self.as_mut().poll_finish(context)).await
    }

    fn poll_finish(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<u64, Error>> {
        let this = self.project();
        let result = ready!(this.sink.poll_finish(context));
        Poll::Ready(match this.execution.take() {
            Some(mut execution) => {
                execution.see_written(result.as_ref().ok().copied());
                execution.finish(result)
            }
            None => result,
        })
    }
}

impl<T: Buf + 'static + Send> Sink<T> for InstrumentedCopyIn<T> {
    type Error = Error;

    fn poll_ready(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.project().sink.poll_ready(context)
    }

    fn start_send(self: Pin<&mut Self>, piece: T) -> Result<(), Error> {
        self.project().sink.start_send(piece)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.project().sink.poll_flush(context)
    }

    fn poll_close(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.poll_finish(context).map_ok(drop)
    }
}

impl<T> fmt::Debug for InstrumentedCopyIn<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstrumentedCopyIn").finish_non_exhaustive()
    }
}
