//! The time before there is a response.

use tallymark_core::{
    __private::Moment,
    LabelSet,
    request::{EnteredUnit, UnitOfWork},
};

use super::{open::Open, reply::Reply, sending::Sending};
use crate::{
    current::{self, LayerId, OnPanic, PanicGuard, Told},
    families::{Arrival, End, nowhere},
    label::{ErrorLabel, GrpcStatus, Status, Transport},
    record::Record,
    route::UNMATCHED,
    state::LayerState,
};

/// A request without a response so far. Dropped like that, it was cancelled.
///
/// Empty, it is one that is not measured.
pub struct Handling<L: LabelSet + 'static> {
    waiting: Waiting<L>,
    /// What layers below keep for the request, if one of them is linked.
    unit: Option<UnitOfWork>,
}

/// What is counted of a request without a response.
struct Waiting<L: LabelSet + 'static> {
    open: Option<Open<L>>,
    arrival: Arrival,
    stage: Stage,
    /// Whether the arrival was counted, which it is once.
    received: bool,
    /// Whether the route is the program's own word, over that of any router.
    is_final: bool,
}

/// How far a request has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Its code has not run: the service that was called may have put it into a queue.
    Called,
    /// Its code has run, and its arrival is counted.
    Received,
    /// The route that is known so far is excluded. The request is counted if another one turns out to have taken it.
    Excluded,
}

/// What begins a request.
pub(crate) struct Beginning {
    /// What is kept for the route that is known so far.
    pub(crate) record: &'static Record,
    /// Whether requests of that route are not measured.
    pub(crate) excluded: bool,
    /// Whether the route is the program's own word, over that of any router.
    pub(crate) is_final: bool,
    /// What else is known.
    pub(crate) arrival: Arrival,
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
        drop(self.entered);
        self.guard.leave()
    }
}

impl<L: LabelSet + 'static> Handling<L> {
    /// A request that is not measured.
    #[inline]
    pub const fn unmeasured() -> Self {
        let arrival = Arrival { transport: Transport::Http, ajax: false };
        Self {
            waiting: Waiting { open: None, arrival, stage: Stage::Received, received: true, is_final: true },
            unit: None,
        }
    }

    /// Begins, now.
    #[inline]
    pub(crate) fn begin(state: &'static LayerState<L>, beginning: Beginning, own: L) -> Self {
        let Beginning { record, excluded, is_final, arrival } = beginning;
        let (in_flight, stage) = if excluded {
            (nowhere(), Stage::Excluded)
        } else {
            (state.families.in_flight(record, &own), Stage::Called)
        };
        let open = Open { state, record, own, start: Moment::now(), in_flight };
        Self {
            waiting: Waiting { open: Some(open), arrival, stage, received: false, is_final },
            unit: state.observer.map(UnitOfWork::new),
        }
    }

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
        self.waiting.open.as_mut().map(|open| &mut open.own)
    }

    /// Enters the code that makes a future, until the guard is left.
    #[inline]
    pub(crate) fn call(&mut self, layer: LayerId) -> PanicGuard<'_, impl OnPanic> {
        current::enter_request(layer, &mut self.waiting)
    }

    /// Enters the code of the future, until the guard is left.
    #[inline]
    pub(crate) fn poll(&mut self, layer: LayerId) -> Running<'_, impl OnPanic> {
        if self.waiting.stage == Stage::Called {
            self.receive(layer);
        }
        let entered = self.unit.as_mut().map(UnitOfWork::enter);
        Running { entered, guard: current::enter_request(layer, &mut self.waiting) }
    }

    /// Counts the arrival of the request, unless a layer around this one did: between the two there may be a queue, whose
    /// worker called this one, so that only now it is found to be within the other.
    #[inline]
    fn receive(&mut self, layer: LayerId) {
        if !current::is_within(layer) {
            self.waiting.receive();
        } else if let Some(open) = self.waiting.open.take() {
            current::tell(layer, Told { route: known_route(open.record), handler: false });
            self.forget();
        }
    }

    /// Nothing is counted of the request any more.
    fn forget(&mut self) {
        self.waiting.open = None;
        if let Some(unit) = self.unit.take() {
            unit.discard();
        }
    }

    /// Takes note of what layers further in told.
    #[inline]
    pub(crate) fn learn(&mut self, told: Told) {
        if let Some(route) = told.route {
            self.routed(route);
        }
    }

    /// Takes the word of a layer further in, or of a framework that has routed the request, for the route that took it.
    ///
    /// It comes when there is a response, so of an excluded route arrival and time in flight were counted by then, unless
    /// the route was known to be excluded when the request arrived.
    pub fn routed(&mut self, route: &str) {
        let Some(open) = &mut self.waiting.open else { return };
        if self.waiting.is_final || open.record.route == route {
            return;
        }
        let route = open.state.routes.find(route);
        open.record = route.record_like(open.record);
        if route.is_excluded() {
            self.waiting.stage = Stage::Excluded;
        } else if self.waiting.stage == Stage::Excluded {
            open.in_flight = open.state.families.in_flight(open.record, &open.own);
            self.waiting.receive();
        }
    }

    /// Counts what the response was made from; see [`Families::reads_content`](crate::families::Families::reads_content).
    pub fn describe(&self, template: Option<&'static str>, charset: Option<&'static str>) {
        if let Some(open) = &self.waiting.open {
            if self.waiting.stage != Stage::Excluded {
                open.state.families.described(&open.own, template, charset);
            }
        }
    }

    /// There is a response.
    #[inline(always)]
    pub fn respond(&mut self, reply: Reply) -> Sending<L> {
        if self.waiting.stage == Stage::Excluded {
            self.forget();
        }
        let Some(open) = &self.waiting.open else { return Sending::unmeasured() };
        let seconds = open.start.elapsed();
        let bodiless = reply.is_bodiless(open.record.method);
        let end = End {
            transport: self.waiting.arrival.transport,
            status: Status(reply.status),
            cancelled: false,
            error: reply.error.map(ErrorLabel::text),
            streaming: reply.length.is_none() && !bodiless,
            seconds,
        };
        open.state.families.ended(open.record, &open.own, end);
        if open.state.times_handlers() {
            open.state.families.handled(open.record, &open.own, seconds);
        }
        Sending::begin(self.waiting.open.take(), if bodiless { Some(0) } else { reply.length }, reply)
    }

    /// The service returned an error instead of a response, so there is nothing to send.
    #[cold]
    pub(crate) fn fail(&mut self) -> Sending<L> {
        self.waiting.give_up(false, Some("service"));
        Sending::unmeasured()
    }
}

impl<L: LabelSet + 'static> Waiting<L> {
    /// Counts the arrival of the request.
    #[inline]
    fn receive(&mut self) {
        self.stage = Stage::Received;
        if let (Some(open), false) = (&self.open, self.received) {
            open.state.families.received(open.record, self.arrival, &open.own);
            self.received = true;
        }
    }

    /// Counts a request for which there will be no response.
    #[cold]
    fn give_up(&mut self, cancelled: bool, error: Option<&str>) {
        if self.stage == Stage::Called {
            self.receive();
        }
        let Some(open) = self.open.take() else { return };
        if self.stage == Stage::Excluded {
            return;
        }
        let seconds = open.start.elapsed();
        let transport = self.arrival.transport;
        let end = End { transport, status: Status::NONE, cancelled, error, streaming: false, seconds };
        open.state.families.ended(open.record, &open.own, end);
        if open.state.times_handlers() {
            open.state.families.handled(open.record, &open.own, seconds);
        }
        if open.record.grpc {
            open.state.families.grpc_ended(open.record, &open.own, GrpcStatus::None);
        }
    }
}

impl<L: LabelSet + 'static> OnPanic for Waiting<L> {
    fn on_panic(&mut self, counted: bool) -> bool {
        if self.open.is_none() || self.stage == Stage::Excluded {
            self.open = None;
            return counted;
        }
        self.give_up(false, if counted { None } else { Some(ErrorLabel::PANIC.text()) });
        true
    }
}

impl<L: LabelSet + 'static> Drop for Handling<L> {
    #[inline]
    fn drop(&mut self) {
        if self.waiting.open.is_some() {
            if self.waiting.stage == Stage::Excluded {
                self.forget();
            }
            self.waiting.give_up(true, None);
        }
    }
}

/// Returns the route of a record, if it is one.
pub(crate) fn known_route(record: &'static Record) -> Option<&'static str> {
    Some(record.route).filter(|route| *route != UNMATCHED)
}
