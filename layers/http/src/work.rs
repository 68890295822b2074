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
    /// Whether the route that is known so far is excluded.
    excluded: bool,
    /// Whether a layer that is closer to the handler observes its duration.
    has_closer: bool,
}

impl<L: LabelSet + 'static> OnPanic for Option<Running<L>> {
    /// Counted here, since middleware further out may turn it into a response.
    fn on_panic(&mut self, counted: bool) -> bool {
        let Some(running) = self.take() else { return counted };
        if running.excluded {
            return counted;
        }
        if !counted {
            running.state.families.exception(running.record, &running.own, ErrorLabel::PANIC.text());
        }
        true
    }
}

impl<L: LabelSet + 'static> Drop for Running<L> {
    #[inline]
    fn drop(&mut self) {
        if !self.excluded && !self.has_closer {
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

    /// Begins, now, with the route that is known so far.
    ///
    /// Layers of these families that are around this one learn from it which route took the request, and layers at
    /// handlers, that there is one that is closer.
    #[inline]
    pub(crate) fn begin(
        state: &'static LayerState<L>,
        record: &'static Record,
        excluded: bool,
        own: L,
    ) -> Self {
        let layer = state.id;
        current::tell(layer, Told { route: known_route(record), handler: !excluded });
        let start = Moment::now();
        Self { running: Some(Running { state, record, own, start, excluded, has_closer: false }), layer }
    }

    /// Enters code of the handler, which may panic, until the guard is left.
    #[inline]
    pub(crate) fn enter(&mut self) -> PanicGuard<'_, impl OnPanic> {
        current::enter_handler(self.layer, &mut self.running)
    }

    /// Takes note of what layers further in told.
    #[inline]
    pub(crate) fn learn(&mut self, told: Told) {
        if let Some(route) = told.route {
            self.routed(route);
        }
        if let (true, Some(running)) = (told.handler, &mut self.running) {
            running.has_closer = true;
        }
    }

    /// Takes the word of a layer further in, or of a framework that has routed the request, for the route that took it.
    pub fn routed(&mut self, route: &str) {
        let Some(running) = &mut self.running else { return };
        if running.record.route != route {
            let route = running.state.routes.find(route);
            running.record = route.record_like(running.record);
            running.excluded = route.is_excluded();
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
