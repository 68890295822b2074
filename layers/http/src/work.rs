//! A handler at work.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;
use tallymark_core::{__private::Moment, LabelSet};

use crate::{
    current::{self, LayerId, OnPanic, PanicGuard, Told},
    label::ErrorLabel,
    observation::known_route,
    record::Record,
    state::LayerState,
};

/// Ends when it is dropped, be that after a response, a panic or a cancelled request.
struct Running<L: LabelSet + 'static> {
    state: &'static LayerState<L>,
    record: &'static Record,
    own: L,
    start: Moment,
    /// Whether a layer that is closer to the handler observes its duration.
    observed: bool,
}

impl<L: LabelSet + 'static> OnPanic for Option<Running<L>> {
    /// Counted here, since middleware further out may turn it into a response.
    fn on_panic(&mut self, counted: bool) -> bool {
        let Some(running) = self.take() else { return counted };
        if !counted {
            running.state.families.exception(running.record, &running.own, ErrorLabel::PANIC.text());
        }
        true
    }
}

impl<L: LabelSet + 'static> Drop for Running<L> {
    #[inline]
    fn drop(&mut self) {
        if !self.observed {
            self.state.families.handled(self.record, &self.own, self.start.elapsed());
        }
    }
}

/// The work of a handler, if it is measured.
pub struct Work<L: LabelSet + 'static> {
    running: Option<Running<L>>,
    layer: LayerId,
}

impl<L: LabelSet + 'static> Work<L> {
    /// Work that is not measured.
    #[inline]
    pub const fn unmeasured() -> Self {
        Self { running: None, layer: LayerId::NONE }
    }

    /// Begins, now.
    ///
    /// Layers of these families that are around this one learn from it which route took the request, and layers at
    /// handlers, that there is one that is closer.
    #[inline]
    pub(crate) fn begin(state: &'static LayerState<L>, record: &'static Record, own: L) -> Self {
        let layer = state.id;
        current::tell(layer, Told { route: known_route(record), handler: true });
        Self { running: Some(Running { state, record, own, start: Moment::now(), observed: false }), layer }
    }

    /// Enters code of the handler, which may panic, until the guard is left.
    #[inline]
    pub(crate) fn enter(&mut self) -> PanicGuard<'_, impl OnPanic> {
        current::enter_handler(self.layer, &mut self.running)
    }

    /// Takes note of what layers further in told.
    #[inline]
    pub(crate) fn learn(&mut self, told: Told) {
        if told.handler {
            if let Some(running) = &mut self.running {
                running.observed = true;
            }
        }
    }

    /// Runs code of the handler, which may panic.
    #[inline]
    pub fn run<R>(&mut self, code: impl FnOnce() -> R) -> R {
        let guard = self.enter();
        let made = code();
        let told = guard.leave();
        self.learn(told);
        made
    }
}

pin_project! {
    /// The response of a measured handler, whichever framework it is for.
    #[must_use = "futures do nothing unless polled"]
    pub struct HandlerFuture<F, L = ()>
    where
        L: LabelSet,
        L: 'static,
    {
        #[pin]
        future: F,
        work: Work<L>,
    }
}

impl<F, L: LabelSet> HandlerFuture<F, L> {
    #[doc(hidden)]
    #[inline]
    pub fn new(future: F, work: Work<L>) -> Self {
        Self { future, work }
    }
}

impl<F, L: LabelSet> fmt::Debug for HandlerFuture<F, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerFuture").finish_non_exhaustive()
    }
}

impl<F: Future, L: LabelSet> Future for HandlerFuture<F, L> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let guard = this.work.enter();
        let polled = this.future.poll(context);
        let told = guard.leave();
        this.work.learn(told);
        if polled.is_ready() {
            this.work.running = None;
        }
        polled
    }
}
