//! Encoding away from the thread that serves connections.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::{runtime::Handle, task::JoinHandle};

/// The result of a computation that may take long or wait for something.
///
/// It runs among the blocking tasks of the current tokio runtime, so that a slow collector holds up one scrape and no
/// other connection. Without a tokio runtime it runs at once on the calling thread.
pub(super) enum Work<T> {
    Elsewhere(JoinHandle<T>),
    Done(Option<T>),
}

impl<T: Send + 'static> Work<T> {
    pub(super) fn start(compute: impl FnOnce() -> T + Send + 'static) -> Self {
        match Handle::try_current() {
            Ok(runtime) => Self::Elsewhere(runtime.spawn_blocking(compute)),
            Err(_) => Self::Done(Some(compute())),
        }
    }
}

impl<T: Unpin> Future for Work<T> {
    type Output = io::Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        match &mut *self {
            Self::Elsewhere(task) => Pin::new(task).poll(context).map_err(io::Error::other),
            Self::Done(result) => {
                Poll::Ready(result.take().ok_or_else(|| io::Error::other("polled after completion")))
            }
        }
    }
}

impl<T> Drop for Work<T> {
    /// Work that has not begun when its client is gone is not begun at all.
    fn drop(&mut self) {
        if let Self::Elsewhere(task) = self {
            task.abort();
        }
    }
}
