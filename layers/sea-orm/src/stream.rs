//! Rows that come one by one.

use super::execution::Execution;
use futures_core::Stream;
use pin_project_lite::pin_project;
use sea_orm::{DbErr, QueryResult};
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

pin_project! {
    /// A stream of rows whose statement lasts until its end.
    pub struct InstrumentedStream<S> {
        #[pin]
        inner: S,
        read: Read,
    }
}

/// What has been read of a statement's rows.
struct Read {
    /// There until it has ended.
    execution: Option<Execution>,
    rows: u64,
}

impl<S> InstrumentedStream<S> {
    pub(super) fn new(inner: S, execution: Execution) -> Self {
        Self { inner, read: Read { execution: Some(execution), rows: 0 } }
    }
}

impl<S: Stream<Item = Result<QueryResult, DbErr>>> Stream for InstrumentedStream<S> {
    type Item = Result<QueryResult, DbErr>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.project();
        let polled = this.inner.poll_next(context);
        match &polled {
            Poll::Ready(Some(Ok(_))) => this.read.rows += 1,
            Poll::Ready(Some(Err(error))) => {
                if let Some(execution) = this.read.execution.take() {
                    execution.fail(error);
                }
            }
            Poll::Ready(None) => {
                if let Some(execution) = this.read.execution.take() {
                    execution.finish_rows(this.read.rows);
                }
            }
            Poll::Pending => {}
        }
        polled
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner.size_hint()
    }
}

/// A reader that has seen a row and wants no more has got a result. Before that, the statement is dropped as cancelled.
impl Drop for Read {
    fn drop(&mut self) {
        match self.execution.take() {
            Some(execution) if self.rows > 0 => execution.finish_early(),
            execution => drop(execution),
        }
    }
}

impl<S> fmt::Debug for InstrumentedStream<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstrumentedStream").field("rows", &self.read.rows).finish_non_exhaustive()
    }
}
