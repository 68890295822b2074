//! The metrics about exports.

use crate::{BuildError, ExportError};
use tallymark_core::{Counter, Histogram, HistogramHandle, Timer, buckets, place, registry::Declaration};
use tallymark_derive::{LabelSet, LabelValue};

/// How an export ended.
#[derive(LabelValue, Clone, Copy, Debug)]
#[label(crate = tallymark_core)]
pub(crate) enum ExportResult {
    /// Everything was taken.
    Success,
    /// The receiver rejected some points.
    Partial,
    /// Nothing, or not all of it, was taken.
    Failure,
}

/// How a request ended.
#[derive(LabelValue, Clone, Copy, Debug)]
#[label(crate = tallymark_core)]
pub(crate) enum RequestResult {
    Accepted,
    Unreachable,
    Unavailable,
    Refused,
}

/// Why points were dropped.
#[derive(LabelValue, Clone, Copy, Debug)]
#[label(crate = tallymark_core)]
pub(crate) enum DropReason {
    /// The receiver took the request and rejected them.
    Rejected,
    /// The receiver refused the request.
    Refused,
    /// There was no response in time.
    Unreachable,
    /// The receiver was overloaded for too long.
    Unavailable,
    /// They waited for the receiver until they were too old.
    Expired,
}

#[derive(LabelSet)]
#[label(crate = tallymark_core)]
pub(crate) struct ByResult<R> {
    pub(crate) result: R,
}

#[derive(LabelSet)]
#[label(crate = tallymark_core)]
pub(crate) struct ByReason {
    pub(crate) reason: DropReason,
}

/// The metrics about exports.
#[derive(Clone, Copy)]
pub(crate) struct Meters {
    exports: &'static Counter<ByResult<ExportResult>>,
    requests: &'static Counter<ByResult<RequestResult>>,
    points: &'static Counter,
    dropped: &'static Counter<ByReason>,
    durations: &'static Histogram,
}

impl Meters {
    pub(crate) fn declare() -> Result<Self, BuildError> {
        let declaration = |name, help| Declaration::new(name, help, place!());
        let exports = declaration("tallymark_otlp_exports_total", "Exports over OTLP, by result.");
        let requests = declaration(
            "tallymark_otlp_requests_total",
            "Requests to the receiver of OTLP, by result; those that were sent again included.",
        );
        let points =
            declaration("tallymark_otlp_points_total", "Data points that a receiver of OTLP accepted.");
        let dropped = declaration(
            "tallymark_otlp_dropped_points_total",
            "Data points that no receiver of OTLP accepted, by reason.",
        );
        let durations = declaration(
            "tallymark_otlp_export_duration_seconds",
            "Time that exports over OTLP took, pauses before requests were sent again included.",
        );
        let bounds = buckets![0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
        Ok(Self {
            exports: exports.declare(|| Counter::new().init())?,
            requests: requests.declare(|| Counter::new().init())?,
            points: points.declare(Counter::new)?,
            dropped: dropped.declare(|| Counter::new().init())?,
            durations: durations.unit("seconds").declare(|| Histogram::new(bounds))?,
        })
    }

    pub(crate) fn time(&self) -> Timer<HistogramHandle> {
        self.durations.start_timer()
    }

    pub(crate) fn exported(&self, result: ExportResult) {
        self.exports.with(ByResult { result }).inc();
    }

    pub(crate) fn requested(&self, result: RequestResult) {
        self.requests.with(ByResult { result }).inc();
    }

    pub(crate) fn accepted(&self, points: u64) {
        self.points.inc_by(points);
    }

    pub(crate) fn dropped(&self, reason: DropReason, points: u64) {
        self.dropped.with(ByReason { reason }).inc_by(points);
    }
}

impl RequestResult {
    /// The result of a request that failed.
    pub(crate) fn of(error: &ExportError) -> Self {
        match error {
            ExportError::Unavailable { .. } => Self::Unavailable,
            ExportError::Refused { .. } => Self::Refused,
            _ => Self::Unreachable,
        }
    }
}

impl DropReason {
    /// The reason that lies in the failure of a request.
    pub(crate) fn of(error: &ExportError) -> Self {
        match error {
            // A receiver that wants to be left alone longer than there is time is not asked at all.
            ExportError::Unavailable { .. } | ExportError::OutOfTime => Self::Unavailable,
            ExportError::Refused { .. } => Self::Refused,
            _ => Self::Unreachable,
        }
    }
}
