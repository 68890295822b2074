//! The time before there is a response.

use tallymark_core::{
    LabelSet,
    request::{EnteredUnit, UnitOfWork},
};

use super::{
    reply::Reply,
    sending::Sending,
    waiting::{Flags, Waiting},
};
use crate::{
    current::{self, LayerId, OnPanic, PanicGuard, Told},
    families::End,
    label::{ErrorLabel, Status},
    route::UNMATCHED,
};

/// A request without a response so far, whose code runs from time to time. Dropped like that, it was cancelled.
pub struct Handling<L: LabelSet + 'static> {
    waiting: Waiting<L>,
    /// What layers below keep for the request, if one of them is linked, once its code has run. It is not part of what a
    /// call makes, which moves.
    unit: Option<UnitOfWork>,
}

/// The code of a request is running.
pub(crate) struct Running<'a, P: OnPanic> {
    entered: Option<EnteredUnit<'a>>,
    guard: PanicGuard<'a, P>,
}

impl<P: OnPanic> Running<'_, P> {
    /// Leaves code that has returned, and returns what layers within it told.
    #[inline]
    pub(crate) fn leave(self) -> Told {
        if let Some(entered) = self.entered {
            drop(entered);
        }
        self.guard.leave()
    }
}

impl<L: LabelSet + 'static> From<Waiting<L>> for Handling<L> {
    #[inline]
    fn from(waiting: Waiting<L>) -> Self {
        Self { waiting, unit: None }
    }
}

impl<L: LabelSet + 'static> Handling<L> {
    /// Whether it is a gRPC call.
    #[inline]
    pub(crate) fn is_grpc(&self) -> bool {
        self.waiting.open.as_ref().is_some_and(|open| open.record.grpc)
    }

    /// Whether no route is known to have taken it.
    #[inline]
    pub(crate) fn is_unmatched(&self) -> bool {
        self.waiting.open.as_ref().is_some_and(|open| open.record.route == UNMATCHED)
    }

    /// Returns the labels of the application's, which may change when there is a response.
    #[inline]
    pub fn own(&mut self) -> Option<&mut L> {
        self.waiting.own()
    }

    /// Enters the code of the future, until the guard is left.
    #[inline(always)]
    pub(crate) fn poll(&mut self, layer: LayerId) -> Running<'_, impl OnPanic> {
        if self.waiting.flags.has(Flags::CALLED) {
            let observer = self.waiting.run_first(layer);
            if let Some(observer) = observer {
                self.unit = Some(UnitOfWork::new(observer));
            }
        }
        let entered = self.unit.as_mut().map(UnitOfWork::enter);
        Running { entered, guard: current::enter_request(layer, &mut self.waiting) }
    }

    /// Takes note of what layers further in told.
    #[inline]
    pub(crate) fn learn(&mut self, told: Told) {
        self.waiting.learn(told);
    }

    /// Takes the word of layers further in for the route that took the request, if there was any.
    #[inline]
    pub(crate) fn settle(&mut self) {
        self.waiting.settle();
    }

    /// Takes the word of a framework that has routed the request for the route that took it.
    pub fn routed(&mut self, route: &str) {
        self.waiting.settle();
        self.waiting.routed(route);
    }

    /// Ends a request of an excluded route, as if it had never been.
    #[cold]
    fn forget(&mut self) {
        self.waiting.open = None;
        if let Some(unit) = self.unit.take() {
            unit.discard();
        }
    }

    /// Counts what the response was made from; see [`Families::reads_content`](crate::families::Families::reads_content).
    pub fn describe(&self, template: Option<&'static str>, charset: Option<&'static str>) {
        if self.waiting.flags.has(Flags::EXCLUDED) {
            return;
        }
        if let Some(open) = &self.waiting.open {
            open.state.families.described(&open.own, template, charset);
        }
    }

    /// There is a response.
    #[inline(always)]
    pub fn respond(&mut self, reply: Reply) -> Sending<L> {
        self.settle();
        if self.waiting.flags.has(Flags::EXCLUDED) {
            self.forget();
        }
        let Some(open) = &self.waiting.open else { return Sending::unmeasured() };
        let seconds = open.start.elapsed();
        let bodiless = reply.is_bodiless(open.record.method);
        let end = End {
            status: Status(reply.status),
            error: reply.error.map(ErrorLabel::text),
            streaming: reply.length.is_none() && !bodiless,
            ..self.waiting.end(seconds)
        };
        open.state.families.ended(open.record, &open.own, end);
        if open.state.times_handlers() {
            open.state.families.handled(open.record, &open.own, seconds);
        }
        Sending::begin(&mut self.waiting.open, if bodiless { Some(0) } else { reply.length }, reply)
    }

    /// The service returned an error instead of a response, so there is nothing to send.
    #[cold]
    pub(crate) fn fail(&mut self) -> Sending<L> {
        self.settle();
        if self.waiting.flags.has(Flags::EXCLUDED) {
            self.forget();
        }
        self.waiting.give_up(false, Some("service"));
        Sending::unmeasured()
    }

    /// Ends a request that was dropped.
    #[cold]
    fn cancel(&mut self) {
        self.settle();
        if self.waiting.flags.has(Flags::EXCLUDED) {
            self.forget();
        } else if self.waiting.flags.has(Flags::CALLED) {
            // One whose code never ran is a unit as well, in which nothing happened.
            let observer = self.waiting.open.as_ref().and_then(|open| open.state.observer);
            self.unit = observer.map(UnitOfWork::new);
        }
    }
}

impl<L: LabelSet + 'static> Drop for Handling<L> {
    #[inline]
    fn drop(&mut self) {
        if self.waiting.open.is_some() {
            self.cancel();
        }
    }
}
