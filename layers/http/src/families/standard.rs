//! The families with Prometheus' names.

use tallymark_core::{HistogramHandle, InFlightGuard, LabelSet, Observe, registry::DeclareError};

use super::{
    event::{Arrival, End},
    nowhere::nowhere,
    settings::{CounterOf, HistogramOf, Settings, UpDownOf, text},
};
use crate::{
    label::{ByGrpcStatus, ByMethod, ByRoute, ByRouteAndError, ByTransport, Full, GrpcStatus, With},
    record::{CachedHandle, Record},
};

/// The families. Each is there unless it was left out.
pub(crate) struct Standard<L: LabelSet + 'static> {
    received: Option<CounterOf<ByTransport, L>>,
    requests: Option<CounterOf<Full<'static>, L>>,
    duration: Option<HistogramOf<ByRoute<'static>, L>>,
    handler: Option<HistogramOf<ByRoute<'static>, L>>,
    in_flight: Option<UpDownOf<ByMethod, L>>,
    request_body: Option<HistogramOf<(), L>>,
    response_body: Option<HistogramOf<(), L>>,
    cancelled: Option<CounterOf<ByRoute<'static>, L>>,
    dropped: Option<CounterOf<ByRoute<'static>, L>>,
    exceptions: Option<CounterOf<ByRouteAndError<'static>, L>>,
    streaming: Option<CounterOf<ByRoute<'static>, L>>,
    grpc: Option<CounterOf<ByGrpcStatus<'static>, L>>,
}

impl<L: LabelSet + 'static> Standard<L> {
    pub(super) fn declare(settings: &Settings) -> Result<Self, DeclareError> {
        Ok(Self {
            received: settings.counter(text!(
                Received,
                "http_requests_received_total",
                "Requests received, by transport."
            ))?,
            requests: settings.counter(text!(
                Requests,
                "http_requests_total",
                "Requests answered, by status; `none` is that of requests that ended without a response."
            ))?,
            duration: settings.duration(text!(
                Duration,
                "http_request_duration_seconds",
                "Time from a request to the head of its response, with all middleware.",
                "seconds"
            ))?,
            handler: settings.duration(text!(
                HandlerDuration,
                "http_handler_duration_seconds",
                "Time that handlers took to make a response, without the middleware around them.",
                "seconds"
            ))?,
            in_flight: settings.up_down(text!(
                InFlight,
                "http_requests_in_flight",
                "Requests whose response has not been sent to its end."
            ))?,
            request_body: settings.size(text!(
                RequestBody,
                "http_request_body_bytes",
                "Bytes read of the bodies of requests.",
                "bytes"
            ))?,
            response_body: settings.size(text!(
                ResponseBody,
                "http_response_body_bytes",
                "Bytes sent as bodies of responses.",
                "bytes"
            ))?,
            cancelled: settings.counter(text!(
                Cancelled,
                "http_requests_cancelled_total",
                "Requests given up before there was a response, mostly because the client went away."
            ))?,
            dropped: settings.counter(text!(
                DroppedBodies,
                "http_response_bodies_dropped_total",
                "Responses whose body was given up before its end, mostly because the client went away."
            ))?,
            exceptions: settings.counter(text!(
                Exceptions,
                "http_exceptions_total",
                "Errors that became responses, by kind, and panics."
            ))?,
            streaming: settings.counter(text!(
                Streaming,
                "http_streaming_responses_total",
                "Responses whose length was not known when they began."
            ))?,
            grpc: settings.counter(text!(
                Grpc,
                "grpc_requests_total",
                "gRPC calls that ended, by status; `none` is that of calls that ended without one."
            ))?,
        })
    }

    #[inline]
    pub(super) fn received(&self, arrival: Arrival, own: &L) {
        if let Some(received) = self.received {
            received.with(With { base: ByTransport { transport: arrival.transport }, own }).inc();
        }
    }

    #[inline]
    pub(super) fn in_flight(&self, record: &'static Record, own: &L) -> InFlightGuard {
        let base = ByMethod { method: record.method };
        self.in_flight.map_or_else(nowhere, |family| family.with(With { base, own }).in_flight())
    }

    #[inline(always)]
    pub(super) fn ended(&self, record: &'static Record, own: &L, end: End<'_>) {
        if let Some(requests) = self.requests {
            let handle = record.statuses.get::<L>(end.status).unwrap_or_else(|| {
                let base = Full { method: record.method, route: record.route, status: end.status };
                record.statuses.keep::<L>(end.status, requests.with(With { base, own }))
            });
            handle.inc();
        }
        if let Some(duration) = self.duration {
            observe(&record.duration, duration, record, own, end.seconds);
        }
        if let (true, Some(cancelled)) = (end.cancelled, self.cancelled) {
            cancelled.with(With { base: by_route(record), own }).inc();
        }
        if let (true, Some(streaming)) = (end.streaming, self.streaming) {
            streaming.with(With { base: by_route(record), own }).inc();
        }
        if let Some(error) = end.error {
            self.exception(record, own, error);
        }
    }

    #[inline]
    pub(super) fn handled(&self, record: &'static Record, own: &L, seconds: f64) {
        if let Some(handler) = self.handler {
            observe(&record.handler, handler, record, own, seconds);
        }
    }

    #[cold]
    pub(super) fn exception(&self, record: &'static Record, own: &L, error: &str) {
        if let Some(exceptions) = self.exceptions {
            let base = ByRouteAndError { route: record.route, error };
            exceptions.with(With { base, own }).inc();
        }
    }

    #[inline]
    pub(super) fn request_body(&self, own: &L) -> Option<HistogramHandle> {
        self.request_body.map(|family| family.with(With { base: (), own }))
    }

    #[inline]
    pub(super) fn response_body(&self, own: &L) -> Option<HistogramHandle> {
        self.response_body.map(|family| family.with(With { base: (), own }))
    }

    pub(super) fn body_dropped(&self, record: &'static Record, own: &L) {
        if let Some(dropped) = self.dropped {
            dropped.with(With { base: by_route(record), own }).inc();
        }
    }

    pub(super) fn grpc_ended(&self, record: &'static Record, own: &L, status: GrpcStatus) {
        if let Some(grpc) = self.grpc {
            let base = ByGrpcStatus { route: record.route, grpc_status: status };
            grpc.with(With { base, own }).inc();
        }
    }
}

#[inline]
fn observe<L: LabelSet>(
    kept: &CachedHandle<HistogramHandle>,
    family: HistogramOf<ByRoute<'static>, L>,
    record: &'static Record,
    own: &L,
    seconds: f64,
) {
    let look_up = || kept.keep::<L>(family.with(With { base: by_route(record), own }));
    kept.get::<L>().unwrap_or_else(look_up).observe_elapsed(seconds);
}

fn by_route(record: &'static Record) -> ByRoute<'static> {
    ByRoute { method: record.method, route: record.route }
}
