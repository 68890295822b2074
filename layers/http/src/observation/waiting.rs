//! What is counted of a request without a response.

use tallymark_core::{__private_v4::Moment, LabelSet, request::UnitObserver};

use super::open::Open;
use crate::{
    current::{self, LayerId, OnPanic, PanicGuard, Told},
    families::{Arrival, End, nowhere},
    label::{ErrorLabel, GrpcStatus, Status, Transport},
    record::Record,
    route::UNMATCHED,
    state::LayerState,
};

/// What begins a request.
#[derive(Clone, Copy)]
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

/// What is known of a request, and what was counted. A word, so that it moves with the others.
#[derive(Clone, Copy)]
pub(super) struct Flags(usize);

impl Flags {
    /// It came over TLS.
    const ENCRYPTED: usize = 1;
    /// It says that a script sent it.
    const AJAX: usize = 1 << 1;
    /// The route is the program's own word, over that of any router.
    const FINAL: usize = 1 << 2;
    /// Its code has not run: the service that was called may have put it into a queue.
    pub(super) const CALLED: usize = 1 << 3;
    /// Its arrival was counted, which it is once.
    const RECEIVED: usize = 1 << 4;
    /// The route that is known so far is excluded. The request is counted if another one turns out to have taken it.
    pub(super) const EXCLUDED: usize = 1 << 5;

    const NONE: Self = Self(0);

    #[inline]
    pub(super) fn has(self, flag: usize) -> bool {
        self.0 & flag != 0
    }

    #[inline]
    pub(super) fn set(&mut self, flag: usize, on: bool) {
        self.0 = if on { self.0 | flag } else { self.0 & !flag };
    }

    #[inline]
    fn arrival(self) -> Arrival {
        let transport = if self.has(Self::ENCRYPTED) { Transport::Https } else { Transport::Http };
        Arrival { transport, ajax: self.has(Self::AJAX) }
    }
}

/// A request without a response so far, whose service was called. Dropped like that, it was cancelled.
///
/// Empty, it is one that is not measured.
pub struct Waiting<L: LabelSet + 'static> {
    pub(super) open: Option<Open<L>>,
    pub(super) flags: Flags,
    /// What a layer further in has told of the route, until somebody needs to know.
    told: Option<&'static Record>,
}

impl<L: LabelSet + 'static> Waiting<L> {
    /// A request that is not measured.
    #[inline]
    pub const fn unmeasured() -> Self {
        Self { open: None, flags: Flags::NONE, told: None }
    }

    /// Begins, now.
    #[inline]
    pub(crate) fn begin(state: &'static LayerState<L>, beginning: Beginning, own: L) -> Self {
        let Beginning { record, excluded, is_final, arrival } = beginning;
        let in_flight = if excluded { nowhere() } else { state.families.in_flight(record, &own) };
        let mut flags = Flags(Flags::CALLED);
        flags.set(Flags::ENCRYPTED, arrival.transport == Transport::Https);
        flags.set(Flags::AJAX, arrival.ajax);
        flags.set(Flags::FINAL, is_final);
        flags.set(Flags::EXCLUDED, excluded);
        Self { open: Some(Open { state, record, own, start: Moment::now(), in_flight }), flags, told: None }
    }

    /// Returns the labels of the application's, which may change when there is a response.
    #[inline]
    pub fn own(&mut self) -> Option<&mut L> {
        self.open.as_mut().map(|open| &mut open.own)
    }

    /// Enters the code that makes a future, until the guard is left.
    #[inline]
    pub(crate) fn call(&mut self, layer: LayerId) -> PanicGuard<'_, impl OnPanic> {
        current::enter_request(layer, self)
    }

    /// Takes note of what layers further in told. Nothing more, since it must not panic: what a service has made by now
    /// would otherwise be copied, to be dropped then.
    #[inline]
    pub(crate) fn learn(&mut self, told: Told) {
        if told.record.is_some() {
            self.told = told.record;
        }
    }

    /// Takes the word of a layer further in for the route that took the request, if there was any.
    #[inline]
    pub(super) fn settle(&mut self) {
        if let Some(told) = self.told.take() {
            self.routed(told.route);
        }
    }

    /// Takes a route for the one that took the request.
    ///
    /// It comes when there is a response, so of an excluded route arrival and time in flight were counted by then, unless
    /// the route was known to be excluded when the request arrived.
    #[inline(never)]
    pub(super) fn routed(&mut self, route: &str) {
        let Some(open) = &mut self.open else { return };
        if self.flags.has(Flags::FINAL) || open.record.route == route {
            return;
        }
        let route = open.state.routes.find(route);
        open.record = route.record_like(open.record);
        if self.flags.has(Flags::EXCLUDED) && !route.is_excluded() {
            open.in_flight = open.state.families.in_flight(open.record, &open.own);
        }
        self.flags.set(Flags::EXCLUDED, route.is_excluded());
        if !self.flags.has(Flags::CALLED) {
            self.receive(self.flags);
        }
    }

    /// Runs before the code of the request does for the first time: counts its arrival, and returns who observes it as a unit
    /// of work.
    ///
    /// A layer around this one may have done so. Between the two there may be a queue, whose worker called this one, so
    /// that only now it is found to be within the other.
    #[inline]
    pub(super) fn run_first(&mut self, layer: LayerId) -> Option<&'static dyn UnitObserver> {
        self.settle();
        // Read once: a bit is stored as a byte, and a word that is loaded after that waits for it.
        let flags = self.flags;
        self.flags.set(Flags::CALLED, false);
        if current::is_within(layer) {
            if let Some(open) = self.open.take() {
                current::tell(layer, Told { record: routed(open.record), handler: false });
            }
            return None;
        }
        self.receive(flags);
        self.open.as_ref()?.state.observer
    }

    /// Counts the arrival of the request, unless that is done or its route is excluded.
    #[inline]
    fn receive(&mut self, flags: Flags) {
        if flags.has(Flags::RECEIVED | Flags::EXCLUDED) {
            return;
        }
        if let Some(open) = &self.open {
            open.state.families.received(open.record, flags.arrival(), &open.own);
            self.flags.set(Flags::RECEIVED, true);
        }
    }

    /// Returns what ended, as far as it does not depend on how.
    #[inline]
    pub(super) fn end(&self, seconds: f64) -> End<'static> {
        let transport = self.flags.arrival().transport;
        End { transport, status: Status::NONE, cancelled: false, error: None, streaming: false, seconds }
    }

    /// Counts a request for which there will be no response.
    #[cold]
    pub(super) fn give_up(&mut self, cancelled: bool, error: Option<&'static str>) {
        self.settle();
        self.receive(self.flags);
        let Some(open) = self.open.take() else { return };
        if self.flags.has(Flags::EXCLUDED) {
            return;
        }
        let seconds = open.start.elapsed();
        let end = End { cancelled, error, ..self.end(seconds) };
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
        self.settle();
        if self.open.is_none() || self.flags.has(Flags::EXCLUDED) {
            self.open = None;
            return counted;
        }
        self.give_up(false, if counted { None } else { Some(ErrorLabel::PANIC.text()) });
        true
    }
}

impl<L: LabelSet + 'static> Drop for Waiting<L> {
    #[inline]
    fn drop(&mut self) {
        if self.open.is_some() {
            self.give_up(true, None);
        }
    }
}

/// Returns a record, if it is one of a route.
#[inline]
pub(crate) fn routed(record: &'static Record) -> Option<&'static Record> {
    Some(record).filter(|record| record.route != UNMATCHED)
}
