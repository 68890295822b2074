//! The families of requests that the program sends.

use tallymark_core::{InFlightGuard, Observe, registry::DeclareError};

use super::{
    nowhere::nowhere,
    settings::{CounterOf, HistogramOf, Settings, UpDownOf, text},
};
use crate::label::{ByHost, ByHostAndError, ByHostAndRoute, ByHostAndStatus, MethodLabel, Status, With};

/// The families. Each is there unless the settings of all layers leave it out.
///
/// django-prometheus has none for these requests, so they have the same names under every naming.
pub(crate) struct ClientFamilies {
    requests: Option<CounterOf<ByHostAndStatus<'static>, ()>>,
    duration: Option<HistogramOf<ByHostAndRoute<'static>, ()>>,
    errors: Option<CounterOf<ByHostAndError<'static>, ()>>,
    in_flight: Option<UpDownOf<ByHost<'static>, ()>>,
}

/// A request that is over.
pub(crate) struct ClientEnd<'a> {
    pub(crate) method: MethodLabel,
    pub(crate) host: &'a str,
    pub(crate) route: &'a str,
    /// [`Status::NONE`] without a response.
    pub(crate) status: Status,
    /// Why there is no response.
    pub(crate) error: Option<&'a str>,
    pub(crate) seconds: f64,
}

impl ClientFamilies {
    pub(crate) fn declare(settings: &Settings) -> Result<Self, DeclareError> {
        Ok(Self {
            requests: settings.counter(text!(
                "http_client_requests_total",
                "Requests sent, by status; `none` is that of requests that ended without a response."
            ))?,
            duration: settings.duration(text!(
                "http_client_request_duration_seconds",
                "Time from sending a request to the head of its response, or to its failure.",
                "seconds"
            ))?,
            errors: settings.counter(text!(
                "http_client_errors_total",
                "Requests sent that ended without a response, by the kind of error."
            ))?,
            in_flight: settings.up_down(text!(
                "http_client_requests_in_flight",
                "Requests sent that wait for the head of their response."
            ))?,
        })
    }

    /// Counts a request as long as the guard lives.
    pub(crate) fn in_flight(&self, host: &str) -> InFlightGuard {
        let base = ByHost { host };
        self.in_flight.map_or_else(nowhere, |family| family.with(With { base, own: &() }).in_flight())
    }

    /// Counts a request that is over.
    pub(crate) fn ended(&self, end: &ClientEnd<'_>) {
        let &ClientEnd { method, host, route, status, error, seconds } = end;
        if let Some(requests) = self.requests {
            requests.with(With { base: ByHostAndStatus { method, host, route, status }, own: &() }).inc();
        }
        if let Some(duration) = self.duration {
            let base = ByHostAndRoute { method, host, route };
            duration.with(With { base, own: &() }).observe_elapsed(seconds);
        }
        if let (Some(errors), Some(error)) = (self.errors, error) {
            errors.with(With { base: ByHostAndError { host, route, error }, own: &() }).inc();
        }
    }
}
