//! What is counted of requests, under the names that were chosen.

mod django;
mod family;
mod settings;
mod standard;

use tallymark_core::{HistogramHandle, InFlightGuard, LabelSet, UpDownCounter, registry::DeclareError};

use self::{django::Django, standard::Standard};
use super::{
    label::{GrpcStatus, Status},
    record::Record,
    transport::Transport,
};
use crate::Naming;

pub use self::family::Family;
pub(super) use self::{family::Chosen, settings::Settings};

/// The families of one layer.
pub(super) enum Families<L: LabelSet + 'static> {
    Standard(Standard<L>),
    Django(Django<L>),
}

/// A request that has arrived.
#[derive(Clone, Copy)]
pub(super) struct Arrival {
    pub(super) record: &'static Record,
    /// Whether a route took it.
    pub(super) matched: bool,
    pub(super) transport: Transport,
    /// Whether it says that a script sent it.
    pub(super) ajax: bool,
}

/// How a request ended.
#[derive(Clone, Copy)]
pub(super) struct End<'a> {
    /// Its status; [`Status::NONE`] without a response.
    pub(super) status: Status,
    /// Whether its future was dropped.
    pub(super) cancelled: bool,
    /// What went wrong, if something is known to have.
    pub(super) error: Option<&'a str>,
    /// Whether the length of the response's body is not known beforehand.
    pub(super) streaming: bool,
    pub(super) seconds: f64,
}

/// Counts a request in flight where nobody looks: so a request need not say whether it is counted.
fn nowhere() -> InFlightGuard {
    static NOWHERE: UpDownCounter = UpDownCounter::new();
    NOWHERE.in_flight()
}

impl<L: LabelSet + 'static> Families<L> {
    /// Declares the families that were chosen.
    pub(super) fn declare(settings: &Settings) -> Result<Self, DeclareError> {
        Ok(match settings.naming {
            Naming::Standard => Self::Standard(Standard::declare(settings)?),
            Naming::Django => Self::Django(Django::declare(settings)?),
        })
    }

    #[inline]
    pub(super) fn arrived(&self, arrival: Arrival, own: &L) -> InFlightGuard {
        match self {
            Self::Standard(families) => families.arrived(arrival, own),
            Self::Django(families) => {
                families.arrived(arrival, own);
                nowhere()
            }
        }
    }

    #[inline(always)]
    pub(super) fn ended(&self, record: &'static Record, own: &L, end: End<'_>) {
        match self {
            Self::Standard(families) => families.ended(record, own, end),
            Self::Django(families) => families.ended(record, own, end),
        }
    }

    /// What a response was made from.
    pub(super) fn described(&self, own: &L, template: Option<&'static str>, charset: Option<&'static str>) {
        if let Self::Django(families) = self {
            families.described(own, template, charset);
        }
    }

    /// A handler ended, or was cut short.
    #[inline]
    pub(super) fn handled(&self, record: &'static Record, own: &L, seconds: f64) {
        match self {
            Self::Standard(families) => families.handled(record, own, seconds),
            Self::Django(families) => families.handled(record, own, seconds),
        }
    }

    #[cold]
    pub(super) fn exception(&self, record: &'static Record, own: &L, error: &str) {
        match self {
            Self::Standard(families) => families.exception(record, own, error),
            Self::Django(families) => families.exception(record, own, error),
        }
    }

    /// Where the size of a request's body goes.
    #[inline]
    pub(super) fn request_body(&self, own: &L) -> Option<HistogramHandle> {
        match self {
            Self::Standard(families) => families.request_body(own),
            Self::Django(families) => families.request_body(own),
        }
    }

    /// Where the size of a response's body goes.
    #[inline]
    pub(super) fn response_body(&self, own: &L) -> Option<HistogramHandle> {
        match self {
            Self::Standard(families) => families.response_body(own),
            Self::Django(families) => families.response_body(own),
        }
    }

    /// The body of a response was dropped before its end.
    #[cold]
    pub(super) fn body_dropped(&self, record: &'static Record, own: &L) {
        if let Self::Standard(families) = self {
            families.body_dropped(record, own);
        }
    }

    pub(super) fn grpc_ended(&self, record: &'static Record, own: &L, status: GrpcStatus) {
        if let Self::Standard(families) = self {
            families.grpc_ended(record, own, status);
        }
    }

    /// Whether templates, charsets and scripts are of interest.
    #[inline]
    pub(super) fn reads_content(&self) -> bool {
        matches!(self, Self::Django(_))
    }
}
