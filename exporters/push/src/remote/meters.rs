//! The metrics about what is written.

use tallymark_core::{Counter, Gauge, Histogram, buckets, place, registry::Declaration};
use tallymark_derive::{LabelSet, LabelValue};

use super::counts::Counts;
use crate::error::BuildError;

/// What the protocol counts.
#[derive(LabelValue, Clone, Copy, Debug)]
#[label(crate = tallymark_core)]
enum Element {
    Sample,
    Histogram,
    Exemplar,
}

/// How a request ended.
#[derive(LabelValue, Clone, Copy, Debug, PartialEq, Eq)]
#[label(crate = tallymark_core)]
pub(super) enum RequestResult {
    /// Everything was written.
    Written,
    /// The receiver has written some of it.
    Partial,
    /// The receiver does not know the version of the protocol.
    Unsupported,
    /// The receiver has written nothing, and never will.
    Refused,
    /// The receiver is overloaded or out of order.
    Unavailable,
    /// There was no response.
    Unreachable,
}

/// Why something was never written.
#[derive(LabelValue, Clone, Copy, Debug, PartialEq, Eq)]
#[label(crate = tallymark_core)]
pub(super) enum DropReason {
    /// Newer requests needed the room.
    QueueFull,
    /// The receiver has written the rest of the request.
    Rejected,
    /// The receiver has refused the request.
    Refused,
    /// It was too large for a request.
    TooLarge,
    /// The program ended before the receiver was there.
    Shutdown,
}

#[derive(LabelSet)]
#[label(crate = tallymark_core)]
struct ByElement {
    element: Element,
}

#[derive(LabelSet)]
#[label(crate = tallymark_core)]
struct ByResult {
    result: RequestResult,
}

#[derive(LabelSet)]
#[label(crate = tallymark_core)]
struct ByElementAndReason {
    element: Element,
    reason: DropReason,
}

/// The metrics about what is written.
#[derive(Clone, Copy)]
pub(super) struct Meters {
    requests: &'static Counter<ByResult>,
    written: &'static Counter<ByElement>,
    dropped: &'static Counter<ByElementAndReason>,
    queued: &'static Gauge,
    durations: &'static Histogram,
    restarts: &'static Counter,
}

impl Meters {
    pub(super) fn declare() -> Result<Self, BuildError> {
        let declaration = |name, help| Declaration::new(name, help, place!());
        let failed = |source| BuildError::Declare { source: Box::new(source) };
        let bounds = buckets![0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
        Ok(Self {
            requests: declaration(
                "tallymark_remote_write_requests_total",
                "Requests by Remote Write, by result; those that were sent again included.",
            )
            .declare(|| Counter::new().init())
            .map_err(failed)?,
            written: declaration(
                "tallymark_remote_write_written_total",
                "Samples, histograms and exemplars that a receiver of Remote Write has written.",
            )
            .declare(|| Counter::new().init())
            .map_err(failed)?,
            dropped: declaration(
                "tallymark_remote_write_dropped_total",
                "Samples, histograms and exemplars that no receiver of Remote Write has written, by reason.",
            )
            .declare(|| Counter::new().init())
            .map_err(failed)?,
            queued: declaration(
                "tallymark_remote_write_queue_bytes",
                "Memory of the requests that wait to be sent by Remote Write.",
            )
            .unit("bytes")
            .declare(Gauge::new)
            .map_err(failed)?,
            durations: declaration(
                "tallymark_remote_write_request_duration_seconds",
                "Time that requests by Remote Write took.",
            )
            .unit("seconds")
            .declare(|| Histogram::new(bounds))
            .map_err(failed)?,
            restarts: declaration(
                "tallymark_remote_write_restarts_total",
                "Times that a thread of Remote Write began anew after a panic.",
            )
            .declare(Counter::new)
            .map_err(failed)?,
        })
    }

    pub(super) fn requested(&self, result: RequestResult, took: std::time::Duration) {
        self.requests.with(ByResult { result }).inc();
        self.durations.observe(took.as_secs_f64());
    }

    pub(super) fn written(&self, counts: Counts) {
        for (element, count) in elements(counts) {
            self.written.with(ByElement { element }).inc_by(count);
        }
    }

    pub(super) fn dropped(&self, reason: DropReason, counts: Counts) {
        for (element, count) in elements(counts) {
            self.dropped.with(ByElementAndReason { element, reason }).inc_by(count);
        }
    }

    pub(super) fn queued(&self, more: f64) {
        self.queued.add(more);
    }

    pub(super) fn restarted(&self) {
        self.restarts.inc();
    }
}

fn elements(counts: Counts) -> [(Element, u64); 3] {
    [
        (Element::Sample, counts.samples),
        (Element::Histogram, counts.histograms),
        (Element::Exemplar, counts.exemplars),
    ]
}
