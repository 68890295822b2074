//! A stream made by a future that hands over one item after the other.

use futures_core::Stream;
use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

/// Where the future puts an item for the stream to take.
pub(super) struct Hand<T>(Arc<Mutex<Option<T>>>);

impl<T> Hand<T> {
    fn slot(&self) -> MutexGuard<'_, Option<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands over an item, and waits until somebody asks for the next.
    pub(super) async fn over(&self, item: T) {
        *self.slot() = Some(item);
        // The stream takes the item as soon as this is pending, so that it is polled again only for the next one.
        poll_fn(|_| if self.slot().is_some() { Poll::Pending } else { Poll::Ready(()) }).await;
    }
}

/// See the module.
pub(super) struct Made<F, T> {
    future: Option<Pin<Box<F>>>,
    hand: Hand<T>,
}

impl<T, F: Future<Output = ()>> Made<F, T> {
    pub(super) fn new(make: impl FnOnce(Hand<T>) -> F) -> Self {
        let slot = Arc::new(Mutex::new(None));
        Self { future: Some(Box::pin(make(Hand(Arc::clone(&slot))))), hand: Hand(slot) }
    }
}

impl<T, F: Future<Output = ()>> Stream for Made<F, T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let this = self.get_mut();
        let Some(future) = &mut this.future else { return Poll::Ready(None) };
        let ended = future.as_mut().poll(context).is_ready();
        if ended {
            this.future = None;
        }
        match this.hand.slot().take() {
            Some(item) => Poll::Ready(Some(item)),
            None if ended => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

/// The next item of a stream.
pub(super) async fn next<S: Stream + ?Sized>(stream: &mut Pin<Box<S>>) -> Option<S::Item> {
    poll_fn(|context| stream.as_mut().poll_next(context)).await
}
