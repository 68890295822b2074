//! The time before there is a response.

use tallymark_core::{__private::Moment, LabelSet};

use super::{Open, Reply, Sending};
use crate::{
    core::Core,
    current::{self, Panicked, Within},
    families::{Arrival, End},
    label::{ErrorLabel, GrpcStatus, Method, Status},
    scope::{Entered, Scope},
};

/// A request without a response so far. Dropped like that, it was cancelled.
///
/// Empty, it is one that is not measured.
pub(in crate) struct Handling<L: LabelSet + 'static> {
    open: Option<Open<L>>,
    scope: Scope,
}

/// The code of a service runs.
pub(in crate) struct Running<'a, P: Panicked> {
    // First, so that it goes first.
    entered: Entered<'a>,
    within: Within<'a, P>,
}

impl<P: Panicked> Running<'_, P> {
    /// The code has returned.
    #[inline]
    pub(in crate) fn leave(self) {
        drop(self.entered);
        self.within.leave();
    }
}

impl<L: LabelSet + 'static> Handling<L> {
    /// A request that is not measured.
    #[inline]
    pub(in crate) const fn unmeasured() -> Self {
        Self { open: None, scope: Scope::NONE }
    }

    /// Begins, now.
    #[inline]
    pub(in crate) fn begin(core: &'static Core<L>, arrival: Arrival, own: L) -> Self {
        let open = Open {
            core,
            record: arrival.record,
            _in_flight: core.families.arrived(arrival, &own),
            own,
            start: Moment::now(),
        };
        Self { open: Some(open), scope: core.scopes.scope() }
    }

    /// Whether it is a gRPC call.
    #[inline]
    pub(in crate) fn is_grpc(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.record.grpc)
    }

    /// The labels of the application's, for whoever knows more of them now.
    #[inline]
    pub(in crate) fn own(&mut self) -> Option<&mut L> {
        self.open.as_mut().map(|open| &mut open.own)
    }

    /// The service makes a future, until this is left.
    #[inline]
    pub(in crate) fn call(&mut self, layer: usize) -> Within<'_, impl Panicked> {
        current::enter(layer, &mut self.open)
    }

    /// The future works for the request, until this is left.
    #[inline]
    pub(in crate) fn poll(&mut self, layer: usize) -> Running<'_, impl Panicked> {
        Running { entered: self.scope.enter(), within: current::enter(layer, &mut self.open) }
    }

    /// What the response was made from, for those who want to know: see [`Families::reads_content`](crate::families::Families::reads_content).
    pub(in crate) fn describe(&self, template: Option<&'static str>, charset: Option<&'static str>) {
        if let Some(open) = &self.open {
            open.core.families.described(&open.own, template, charset);
        }
    }

    /// There is a response.
    #[inline(always)]
    pub(in crate) fn respond(&mut self, reply: Reply) -> Sending<L> {
        let Some(open) = &self.open else { return Sending::unmeasured() };
        let seconds = open.start.elapsed();
        let bodiless = open.record.method == Method::Head || reply.is_bodiless();
        let end = End {
            status: Status(reply.status),
            cancelled: false,
            error: reply.error.map(ErrorLabel::text),
            streaming: reply.length.is_none() && !bodiless,
            seconds,
        };
        open.core.families.ended(open.record, &open.own, end);
        if open.core.stands_in() {
            open.core.families.handled(open.record, &open.own, seconds);
        }
        Sending::begin(self.open.take(), if bodiless { Some(0) } else { reply.length }, reply)
    }

    /// The service gave an error instead of a response, so there is nothing to send.
    #[cold]
    pub(in crate) fn fail(&mut self) -> Sending<L> {
        give_up(&mut self.open, false, Some("service"));
        Sending::unmeasured()
    }
}

impl<L: LabelSet + 'static> Panicked for Option<Open<L>> {
    fn panicked(&mut self, counted: bool) -> bool {
        if self.is_none() {
            return counted;
        }
        give_up(self, false, if counted { None } else { Some(ErrorLabel::PANIC.text()) });
        true
    }
}

/// There will be no response.
#[cold]
fn give_up<L: LabelSet + 'static>(open: &mut Option<Open<L>>, cancelled: bool, error: Option<&str>) {
    let Some(open) = open.take() else { return };
    let seconds = open.start.elapsed();
    let end = End { status: Status::NONE, cancelled, error, streaming: false, seconds };
    open.core.families.ended(open.record, &open.own, end);
    if open.core.stands_in() {
        open.core.families.handled(open.record, &open.own, seconds);
    }
    if open.record.grpc {
        open.core.families.grpc_ended(open.record, &open.own, GrpcStatus::None);
    }
}

impl<L: LabelSet + 'static> Drop for Handling<L> {
    #[inline]
    fn drop(&mut self) {
        if self.open.is_some() {
            give_up(&mut self.open, true, None);
        }
    }
}
