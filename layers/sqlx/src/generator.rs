//! A stream made by a future that yields one item after the other.

use futures_core::Stream;
use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

/// Where the future puts an item for the stream to take.
pub(super) struct Yielder<T>(Arc<Mutex<Option<T>>>);

impl<T> Yielder<T> {
    fn slot(&self) -> MutexGuard<'_, Option<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Yields an item, and waits until the next is asked for.
    pub(super) async fn give(&self, item: T) {
        *self.slot() = Some(item);
        // The stream takes the item as soon as this is pending, so that it is polled again only for the next one.
        poll_fn(|_| if self.slot().is_some() { Poll::Pending } else { Poll::Ready(()) }).await;
    }
}

/// The stream of what a future yields.
pub(super) struct GeneratorStream<F, T> {
    future: Option<Pin<Box<F>>>,
    yielded: Yielder<T>,
}

impl<T, F: Future<Output = ()>> GeneratorStream<F, T> {
    pub(super) fn new(make: impl FnOnce(Yielder<T>) -> F) -> Self {
        let slot = Arc::new(Mutex::new(None));
        Self { future: Some(Box::pin(make(Yielder(Arc::clone(&slot))))), yielded: Yielder(slot) }
    }
}

impl<T, F: Future<Output = ()>> Stream for GeneratorStream<F, T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let this = self.get_mut();
        let Some(future) = &mut this.future else { return Poll::Ready(None) };
        let ended = future.as_mut().poll(context).is_ready();
        if ended {
            this.future = None;
        }
        match this.yielded.slot().take() {
            Some(item) => Poll::Ready(Some(item)),
            None if ended => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

/// Returns the next item of a stream.
pub(super) async fn next<S: Stream + ?Sized>(stream: &mut Pin<Box<S>>) -> Option<S::Item> {
    poll_fn(|context| stream.as_mut().poll_next(context)).await
}
