//! A request that was sent.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use http::StatusCode;
use tallymark_core::{__private_v4::Moment, InFlightGuard};

use super::route::RouteTemplate;
use crate::{
    families::{ClientEnd, ClientFamilies},
    label::{ErrorLabel, MethodLabel, Status},
    route::UNMATCHED,
};

/// The host of a request that names none.
const UNKNOWN: &str = "unknown";

/// The kind of a request that was given up.
const CANCELLED: ErrorLabel = ErrorLabel::named("cancelled");

/// A request that was sent and has no response yet. Made by [`ClientMetrics::start`](crate::ClientMetrics::start). Dropped
/// before its end, it was cancelled.
#[must_use = "a request that is dropped was cancelled"]
pub struct ClientRequest(Option<Open>);

struct Open {
    families: &'static ClientFamilies,
    method: MethodLabel,
    host: Box<str>,
    route: &'static str,
    start: Moment,
    /// Whether code of the client runs, which a panic leaves without saying so.
    running: bool,
    /// Counts one as long as the request is not over.
    _in_flight: InFlightGuard,
}

impl ClientRequest {
    /// Begins, now; without families, one that is not measured.
    pub(super) fn begin(
        families: Option<&'static ClientFamilies>,
        method: MethodLabel,
        host: &str,
        route: Option<RouteTemplate>,
    ) -> Self {
        let Some(families) = families else { return Self(None) };
        let mut host: Box<str> = if host.is_empty() { UNKNOWN.into() } else { host.into() };
        // Names of hosts are the same in any case (RFC 9110 section 4.2.3).
        host.make_ascii_lowercase();
        let route = route.map_or(UNMATCHED, |template| template.0);
        let in_flight = families.in_flight(&host);
        let start = Moment::now();
        Self(Some(Open { families, method, host, route, start, running: false, _in_flight: in_flight }))
    }

    /// Ends the request: with the status of its response, or with the kind of the error that took its place.
    pub fn end(mut self, outcome: Result<StatusCode, ErrorLabel>) {
        self.finish(outcome);
    }

    /// Runs code of the client, which may panic.
    pub(super) fn run<T>(&mut self, code: impl FnOnce() -> T) -> T {
        self.set_running(true);
        let made = code();
        self.set_running(false);
        made
    }

    /// Polls the future that sends the request, and ends the request when there is an output.
    pub(super) fn poll<F: Future>(
        &mut self,
        future: Pin<&mut F>,
        context: &mut Context<'_>,
        outcome: impl FnOnce(&F::Output) -> Result<StatusCode, ErrorLabel>,
    ) -> Poll<F::Output> {
        let (polled, read) = self.run(|| {
            let polled = future.poll(context);
            let read = if let Poll::Ready(output) = &polled { Some(outcome(output)) } else { None };
            (polled, read)
        });
        if let Some(read) = read {
            self.finish(read);
        }
        polled
    }

    fn set_running(&mut self, running: bool) {
        if let Some(open) = &mut self.0 {
            open.running = running;
        }
    }

    /// Counts the request, unless that is done.
    fn finish(&mut self, outcome: Result<StatusCode, ErrorLabel>) {
        let Some(open) = self.0.take() else { return };
        open.families.ended(&ClientEnd {
            method: open.method,
            host: &open.host,
            route: open.route,
            status: outcome.map_or(Status::NONE, |status| Status(status.as_u16())),
            error: outcome.err().map(ErrorLabel::text),
            seconds: open.start.elapsed(),
        });
    }
}

impl Drop for ClientRequest {
    fn drop(&mut self) {
        if let Some(open) = &self.0 {
            let error = if open.running { ErrorLabel::PANIC } else { CANCELLED };
            self.finish(Err(error));
        }
    }
}

impl fmt::Debug for ClientRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientRequest").field("open", &self.0.is_some()).finish_non_exhaustive()
    }
}
