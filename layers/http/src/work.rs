//! A handler at work.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;
use tallymark_core::{__private_v4::Moment, LabelSet};

use crate::{
    current::{self, LayerId, OnPanic, PanicGuard, Told},
    label::ErrorLabel,
    observation::routed,
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
    /// What a layer further in has told of the route, until somebody needs to know.
    told: Option<&'static Record>,
}

impl<L: LabelSet + 'static> Running<L> {
    /// Takes the word of a layer further in for the route that took the request, if there was any.
    #[inline]
    fn settle(&mut self) {
        if let Some(told) = self.told.take() {
            self.routed(told.route);
        }
    }

    /// Takes a route for the one that took the request.
    #[inline(never)]
    fn routed(&mut self, route: &str) {
        if self.record.route != route {
            let route = self.state.routes.find(route);
            self.record = route.record_like(self.record);
            self.excluded = route.is_excluded();
        }
    }
}

impl<L: LabelSet + 'static> OnPanic for Option<Running<L>> {
    /// Counted here, since middleware further out may turn it into a response.
    fn on_panic(&mut self, counted: bool) -> bool {
        let Some(mut running) = self.take() else { return counted };
        running.settle();
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
        self.settle();
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
        current::tell(layer, Told { record: routed(record), handler: !excluded });
        let start = Moment::now();
        Self {
            running: Some(Running { state, record, own, start, excluded, has_closer: false, told: None }),
            layer,
        }
    }

    /// Enters code of the handler, which may panic, until the guard is left.
    #[inline]
    pub(crate) fn enter(&mut self) -> PanicGuard<'_, impl OnPanic> {
        current::enter_handler(self.layer, &mut self.running)
    }

    /// Takes note of what layers further in told, and does nothing that may panic.
    #[inline]
    pub(crate) fn learn(&mut self, told: Told) {
        let Some(running) = &mut self.running else { return };
        running.has_closer |= told.handler;
        if told.record.is_some() {
            running.told = told.record;
        }
    }

    /// Takes the word of a framework that has routed the request for the route that took it.
    pub fn routed(&mut self, route: &str) {
        if let Some(running) = &mut self.running {
            running.settle();
            running.routed(route);
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
    #[inline]
    pub(crate) fn new(future: F, work: Work<L>) -> Self {
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
