//! A handler at work.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;
use tallymark_core::{__private::Moment, LabelSet};

use super::{
    core::Core,
    current::{self, Panicked, Within},
    label::ErrorLabel,
    record::Record,
};

/// Ends when it is dropped, be that after a response, a panic or a cancelled request.
struct Working<L: LabelSet + 'static> {
    core: &'static Core<L>,
    record: &'static Record,
    own: L,
    start: Moment,
}

impl<L: LabelSet + 'static> Panicked for Option<Working<L>> {
    /// Counted here, since middleware further out may turn it into a response.
    fn panicked(&mut self, counted: bool) -> bool {
        let Some(working) = self.take() else { return counted };
        if !counted {
            working.core.families.exception(working.record, &working.own, ErrorLabel::PANIC.text());
        }
        true
    }
}

impl<L: LabelSet + 'static> Drop for Working<L> {
    #[inline]
    fn drop(&mut self) {
        self.core.families.handled(self.record, &self.own, self.start.elapsed());
    }
}

/// The work of a handler, if it is measured, under a layer of this address.
pub(super) struct Work<L: LabelSet + 'static> {
    working: Option<Working<L>>,
    layer: usize,
}

impl<L: LabelSet + 'static> Work<L> {
    /// Work that is not measured.
    #[inline]
    pub(super) const fn unmeasured(layer: usize) -> Self {
        Self { working: None, layer }
    }

    /// Begins, now.
    #[inline]
    pub(super) fn begin(layer: usize, core: &'static Core<L>, record: &'static Record, own: L) -> Self {
        Self { working: Some(Working { core, record, own, start: Moment::now() }), layer }
    }

    /// Code of the handler runs, which may panic, until this is left.
    #[inline]
    pub(super) fn enter(&mut self) -> Within<'_, impl Panicked> {
        current::enter(self.layer, &mut self.working)
    }
}

pin_project! {
    /// What a measured handler answers, whichever framework it is for.
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
    pub(super) fn new(future: F, work: Work<L>) -> Self {
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
        let within = this.work.enter();
        let polled = this.future.poll(context);
        within.leave();
        if polled.is_ready() {
            this.work.working = None;
        }
        polled
    }
}
