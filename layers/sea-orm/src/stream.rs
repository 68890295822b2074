//! Rows that come one by one.

use super::observed::Running;
use ::sea_orm::{DbErr, QueryResult};
use futures_core::Stream;
use pin_project_lite::pin_project;
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

pin_project! {
    /// A stream of rows whose statement lasts until its end.
    pub struct ObservedStream<S> {
        #[pin]
        inner: S,
        read: Read,
    }
}

/// What has been read of a statement's rows.
struct Read {
    /// There until it has ended.
    running: Option<Running>,
    rows: u64,
}

impl<S> ObservedStream<S> {
    pub(super) fn new(inner: S, running: Running) -> Self {
        Self { inner, read: Read { running: Some(running), rows: 0 } }
    }
}

impl<S: Stream<Item = Result<QueryResult, DbErr>>> Stream for ObservedStream<S> {
    type Item = Result<QueryResult, DbErr>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.project();
        let polled = this.inner.poll_next(context);
        match &polled {
            Poll::Ready(Some(Ok(_))) => this.read.rows += 1,
            Poll::Ready(Some(Err(error))) => {
                if let Some(running) = this.read.running.take() {
                    running.failed(error);
                }
            }
            Poll::Ready(None) => {
                if let Some(running) = this.read.running.take() {
                    running.done(Some(this.read.rows));
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

/// Who has seen a row and wants no more has got an answer. Without one, the statement is dropped as cancelled.
impl Drop for Read {
    fn drop(&mut self) {
        if self.rows > 0
            && let Some(running) = self.running.take()
        {
            running.done(None);
        }
    }
}

impl<S> fmt::Debug for ObservedStream<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObservedStream").field("rows", &self.read.rows).finish_non_exhaustive()
    }
}
