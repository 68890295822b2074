//! Exports, one after the other.

use crate::{
    ExportError, Exported,
    client::{Client, Failure},
    history::{History, Temporality},
    meters::{DropReason, ExportResult, Meters, RequestResult},
    pause::Pause,
    payload::{self, Payload, Payloads, Shape},
    response::Accepted,
    retry::Backoff,
};
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};
use tallymark_core::registry;

/// How long requests wait for a receiver whose points would be lost otherwise. What comes later adds up meanwhile, and is
/// sent when they have been.
const OLDEST: Duration = Duration::from_secs(3_600);

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

    /// Makes an export and sends it until `deadline`, and counts how it ended.
    pub(crate) fn export(&mut self, deadline: Instant, pause: &dyn Pause) -> Result<Exported, ExportError> {
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
