//! Watching a future from outside.
//!
//! The outcome of an async function is only known where it is polled: a body can leave through any `return`, some of
//! them hidden in macros, and a future that is dropped half-way never gets to the end of its body.

use crate::cell::OFF;
use pin_project_lite::pin_project;
use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

/// What is kept while a future runs. It is dropped if the future is, before that is ready.
///
/// A thread that unwinds drops futures of others, too: whether it does, says nothing about this one. What is dropped after
/// it was [polled](Watch::polled) without being ready was cancelled; at any other time, only its own code can have unwound.
pub trait Watch {
    /// The future panicked.
    fn panicked(self);

    /// The future was polled, and did not panic.
    #[inline]
    fn polled(&mut self, is_ready: bool) {
        let _ = is_ready;
    }
}

impl Watch for () {
    fn panicked(self) {}
}

impl<A: Watch, B: Watch> Watch for (A, B) {
    fn panicked(self) {
        self.0.panicked();
        self.1.panicked();
    }

    #[inline]
    fn polled(&mut self, is_ready: bool) {
        self.0.polled(is_ready);
        self.1.polled(is_ready);
    }
}

impl<W: Watch> Watch for Option<W> {
    fn panicked(self) {
        if let Some(watch) = self {
            watch.panicked();
        }
    }

    #[inline]
    fn polled(&mut self, is_ready: bool) {
        if let Some(watch) = self {
            watch.polled(is_ready);
        }
    }
}

pin_project! {
    /// Made by [`observe`].
    #[must_use = "futures do nothing unless polled"]
    pub struct Observed<F, W, B, E> {
        #[pin]
        future: F,
        state: State<W, B, E>,
    }
}

enum State<W, B, E> {
    Idle { begin: B, end: E },
    Running { watch: W, end: E },
    Done,
}

/// Runs `begin` when the future is first polled, and `end` when it is ready.
///
/// If it panics, [`Watch::panicked`] is called on what `begin` returned; if it is dropped in between, that is dropped.
/// If it is never polled, nothing happens.
pub fn observe<F, W, B, E>(future: F, begin: B, end: E) -> Observed<F, W, B, E>
where
    F: Future,
    W: Watch,
    B: FnOnce() -> W,
    E: FnOnce(W, &F::Output),
{
    Observed { future, state: State::Idle { begin, end } }
}

/// Calls [`Watch::panicked`] if it is dropped armed, which only unwinding does.
struct Bomb<'a, W: Watch, B, E>(&'a mut State<W, B, E>);

impl<W: Watch, B, E> Drop for Bomb<'_, W, B, E> {
    fn drop(&mut self) {
        if let State::Running { watch, .. } = std::mem::replace(self.0, State::Done) {
            watch.panicked();
        }
    }
}

impl<F, W, B, E> Future for Observed<F, W, B, E>
where
    F: Future,
    W: Watch,
    B: FnOnce() -> W,
    E: FnOnce(W, &F::Output),
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        if OFF {
            return this.future.poll(context);
        }
        if matches!(this.state, State::Idle { .. }) {
            if let State::Idle { begin, end } = std::mem::replace(this.state, State::Done) {
                *this.state = State::Running { watch: begin(), end };
            }
        }
        let bomb = Bomb(this.state);
        let polled = this.future.poll(context);
        std::mem::forget(bomb);
        if let State::Running { watch, .. } = this.state {
            watch.polled(polled.is_ready());
        }
        let value = ready!(polled);
        if let State::Running { watch, end } = std::mem::replace(this.state, State::Done) {
            end(watch, &value);
        }
        Poll::Ready(value)
    }
}
