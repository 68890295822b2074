//! Exports, one after the other.

use crate::{
    BuildError, ExportError, OtlpGuard,
    client::{Client, Failure},
    control::Pause,
    history::{History, Temporality},
    meters::{DropReason, ExportResult, Meters, RequestResult},
    payload::{self, Payload, Payloads, Shape},
    response::Accepted,
    retry::Backoff,
};
use std::{
    collections::VecDeque,
    fmt,
    time::{Duration, Instant},
};
use tallymark_core::registry;

/// How long requests wait for a receiver whose points would be lost otherwise. What comes later adds up meanwhile, and is
/// sent when they have been.
const OLDEST: Duration = Duration::from_secs(3_600);

/// An exporter, ready to send all metrics of the program.
///
/// A service [starts](Self::start) it and keeps the guard. A job that knows when it has something to say
/// [exports](Self::export) by itself.
pub struct OtlpExporter {
    sender: Option<Sender>,
    pub(crate) timing: Timing,
}

/// When exports are made and how long they may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    pub(crate) interval: Duration,
    pub(crate) export_timeout: Duration,
    pub(crate) shutdown_timeout: Duration,
}

/// What an export did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exported {
    /// Data points that the receiver accepted.
    pub points: u64,
    /// Data points that the receiver rejected.
    pub rejected: u64,
    /// What the receiver says about those it rejected, or a warning; usually nothing.
    pub message: String,
    /// Whether exporting is switched off, by `OTEL_SDK_DISABLED` or `OTEL_METRICS_EXPORTER`, so that nothing was sent.
    pub disabled: bool,
}

/// Makes requests and sends them.
pub(crate) struct Sender {
    pub(crate) client: Client,
    pub(crate) shape: Shape,
    pub(crate) history: History,
    pub(crate) temporality: Temporality,
    pub(crate) meters: Meters,
    pub(crate) backoff: Backoff,
    /// Requests that were made and not taken yet.
    waiting: VecDeque<Payload>,
    /// When they were made.
    made: Instant,
    /// Until when the receiver wants to be left alone.
    silence: Option<Instant>,
}

impl OtlpExporter {
    pub(crate) fn new(sender: Option<Sender>, timing: Timing) -> Self {
        Self { sender, timing }
    }

    /// Sends all metrics, and sends them again if the receiver asks for it or is not there, until
    /// [the time for an export](crate::OtlpBuilder::export_timeout) is over.
    ///
    /// It waits for the network; from async code, call it where blocking is allowed.
    ///
    /// # Errors
    ///
    /// If the receiver refused the metrics, or did not take them in time. Cumulative metrics of a failed export are part of
    /// the next, deltas are kept and sent before those of the next.
    pub fn export(&mut self) -> Result<Exported, ExportError> {
        let deadline = Instant::now() + self.timing.export_timeout;
        self.export_until(deadline, &crate::control::Sleep)
    }

    pub(crate) fn export_until(
        &mut self,
        deadline: Instant,
        pause: &dyn Pause,
    ) -> Result<Exported, ExportError> {
        match &mut self.sender {
            Some(sender) => sender.export(deadline, pause),
            None => Ok(Exported { disabled: true, ..Exported::default() }),
        }
    }

    /// Exports [at intervals](crate::OtlpBuilder::interval), on a thread of its own, and once more when the guard is dropped.
    ///
    /// # Errors
    ///
    /// If the thread cannot be started.
    pub fn start(self) -> Result<OtlpGuard, BuildError> {
        OtlpGuard::start(self)
    }

    /// Whether anything is sent at all.
    pub(crate) fn is_disabled(&self) -> bool {
        self.sender.is_none()
    }
}

impl Sender {
    pub(crate) fn new(
        client: Client,
        shape: Shape,
        temporality: Temporality,
        meters: Meters,
        backoff: Backoff,
    ) -> Self {
        let history = History::new(temporality, crate::origin::started());
        let (waiting, made, silence) = (VecDeque::new(), Instant::now(), None);
        Self { client, shape, history, temporality, meters, backoff, waiting, made, silence }
    }

    fn export(&mut self, deadline: Instant, pause: &dyn Pause) -> Result<Exported, ExportError> {
        let timer = self.meters.time();
        let result = self.export_all(deadline, pause);
        timer.stop();
        self.meters.exported(match &result {
            Ok(exported) if exported.rejected == 0 => ExportResult::Success,
            Ok(_) => ExportResult::Partial,
            Err(_) => ExportResult::Failure,
        });
        result
    }

    /// Sends what is waiting, and then what is new.
    fn export_all(&mut self, deadline: Instant, pause: &dyn Pause) -> Result<Exported, ExportError> {
        let mut exported = Exported::default();
        if self.made.elapsed() > OLDEST {
            self.drop_waiting(DropReason::Expired);
        }
        self.send_waiting(deadline, pause, &mut exported)?;
        let mut payloads = Payloads::new(&self.shape, &mut self.history, payload::now());
        registry::visit(&mut payloads);
        self.waiting = payloads.finish();
        self.made = Instant::now();
        self.send_waiting(deadline, pause, &mut exported)?;
        Ok(exported)
    }

    /// Sends what is waiting. After a failure, deltas go on waiting; cumulative points are better made anew.
    fn send_waiting(
        &mut self,
        deadline: Instant,
        pause: &dyn Pause,
        exported: &mut Exported,
    ) -> Result<(), ExportError> {
        while let Some(payload) = self.waiting.pop_front() {
            match self.send(&payload, deadline, pause) {
                Ok(accepted) => {
                    let rejected = accepted.rejected.min(payload.points);
                    self.meters.accepted(payload.points - rejected);
                    if rejected > 0 {
                        self.meters.dropped(DropReason::Rejected, rejected);
                    }
                    exported.points += payload.points - rejected;
                    exported.rejected += rejected;
                    if !accepted.message.is_empty() {
                        exported.message = accepted.message;
                    }
                }
                Err(Failure { retryable, error, .. }) => {
                    let reason = DropReason::of(&error);
                    if retryable && self.temporality == Temporality::Delta {
                        self.waiting.push_front(payload);
                    } else {
                        self.meters.dropped(reason, payload.points);
                    }
                    if self.temporality == Temporality::Cumulative {
                        self.drop_waiting(reason);
                    }
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Sends one request until it is taken, refused or out of time.
    fn send(&mut self, payload: &Payload, deadline: Instant, pause: &dyn Pause) -> Result<Accepted, Failure> {
        let mut backoff = self.backoff;
        let mut failure = Failure { retryable: true, after: None, error: ExportError::OutOfTime };
        // What the receiver asked for holds beyond the export that it said it to.
        let mut start = self.silence;
        loop {
            let (now, deadline) = (Instant::now(), pause.deadline(deadline));
            // What cannot be sent in time is not waited for.
            if now.max(start.unwrap_or(now)) >= deadline {
                return Err(failure);
            }
            if let Some(start) = start.filter(|start| *start > now) {
                pause.until(start);
                continue;
            }
            match self.client.send(payload, deadline.duration_since(now)) {
                Ok(accepted) => {
                    self.meters.requested(RequestResult::Accepted);
                    self.silence = None;
                    return Ok(accepted);
                }
                Err(failed) => {
                    self.meters.requested(RequestResult::of(&failed.error));
                    self.silence = failed.after.map(|after| Instant::now() + after);
                    if !failed.retryable {
                        return Err(failed);
                    }
                    start = self.silence.or_else(|| Some(Instant::now() + backoff.next()));
                    failure = failed;
                }
            }
        }
    }

    fn drop_waiting(&mut self, reason: DropReason) {
        let points = self.waiting.drain(..).map(|payload| payload.points).sum();
        if points > 0 {
            self.meters.dropped(reason, points);
        }
    }
}

/// Nobody will send what is waiting any more.
impl Drop for Sender {
    fn drop(&mut self) {
        self.drop_waiting(DropReason::Unreachable);
    }
}

impl fmt::Debug for OtlpExporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OtlpExporter")
            .field("disabled", &self.is_disabled())
            .field("timing", &self.timing)
            .finish_non_exhaustive()
    }
}
