//! What is counted of requests, under the names that were chosen.

mod client;
mod django;
mod event;
mod family;
mod latency;
mod nowhere;
mod settings;
mod standard;

use tallymark_core::{HistogramHandle, InFlightGuard, LabelSet, Naming, registry::DeclareError};

use self::{django::Django, standard::Standard};
use crate::{label::GrpcStatus, record::Record};

pub(crate) use self::{
    client::{ClientEnd, ClientFamilies},
    event::End,
    family::Chosen,
    nowhere::nowhere,
    settings::Settings,
};
pub use self::{event::Arrival, family::HttpFamily};

/// The families of one layer.
pub(crate) enum Families<L: LabelSet + 'static> {
    Standard(Standard<L>),
    Django(Django<L>),
}

impl<L: LabelSet + 'static> Families<L> {
    /// Declares the families that were chosen.
    pub(crate) fn declare(settings: &Settings) -> Result<Self, DeclareError> {
        Ok(match settings.naming {
            Naming::Django => Self::Django(Django::declare(settings)?),
            _ => Self::Standard(Standard::declare(settings)?),
        })
    }

    /// Counts a request that has arrived.
    #[inline]
    pub(crate) fn received(&self, record: &'static Record, arrival: Arrival, own: &L) {
        match self {
            Self::Standard(families) => families.received(arrival, own),
            Self::Django(families) => families.received(record, arrival, own),
        }
    }

    /// Counts a request as long as the guard lives.
    #[inline]
    pub(crate) fn in_flight(&self, record: &'static Record, own: &L) -> InFlightGuard {
        match self {
            Self::Standard(families) => families.in_flight(record, own),
            Self::Django(_) => nowhere(),
        }
    }

    /// Counts a request that has a response, or will have none.
    #[inline(always)]
    pub(crate) fn ended(&self, record: &'static Record, own: &L, end: End<'_>) {
        match self {
            Self::Standard(families) => families.ended(record, own, end),
            Self::Django(families) => families.ended(record, own, end),
        }
    }

    /// Counts the template that a response was made from, and its charset.
    pub(crate) fn described(&self, own: &L, template: Option<&'static str>, charset: Option<&'static str>) {
        if let Self::Django(families) = self {
            families.described(own, template, charset);
        }
    }

    /// Observes the duration of a handler that ended or was cut short.
    #[inline]
    pub(crate) fn handled(&self, record: &'static Record, own: &L, seconds: f64) {
        match self {
            Self::Standard(families) => families.handled(record, own, seconds),
            Self::Django(families) => families.handled(record, own, seconds),
        }
    }

    /// Counts an error or a panic.
    #[cold]
    pub(crate) fn exception(&self, record: &'static Record, own: &L, error: &str) {
        match self {
            Self::Standard(families) => families.exception(record, own, error),
            Self::Django(families) => families.exception(record, own, error),
        }
    }

    /// Returns the histogram of sizes of request bodies.
    #[inline]
    pub(crate) fn request_body(&self, own: &L) -> Option<HistogramHandle> {
        match self {
            Self::Standard(families) => families.request_body(own),
            Self::Django(families) => families.request_body(own),
        }
    }

    /// Returns the histogram of sizes of response bodies.
    #[inline]
    pub(crate) fn response_body(&self, own: &L) -> Option<HistogramHandle> {
        match self {
            Self::Standard(families) => families.response_body(own),
            Self::Django(families) => families.response_body(own),
        }
    }

    /// Counts a response whose body was dropped before its end.
    #[cold]
    pub(crate) fn body_dropped(&self, record: &'static Record, own: &L) {
        if let Self::Standard(families) = self {
            families.body_dropped(record, own);
        }
    }

    /// Counts a gRPC call that ended.
    pub(crate) fn grpc_ended(&self, record: &'static Record, own: &L, status: GrpcStatus) {
        if let Self::Standard(families) = self {
            families.grpc_ended(record, own, status);
        }
    }

    /// Whether templates, charsets and scripts are counted.
    #[inline]
    pub(crate) fn reads_content(&self) -> bool {
        matches!(self, Self::Django(_))
    }
}
