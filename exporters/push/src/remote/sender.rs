//! The thread that sends.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    client::{Client, Receiver},
    control::Control,
    counts::Counts,
    meters::{DropReason, RequestResult},
    payload::Payload,
    response::Response,
    retry::{Backoff, is_retryable},
    version::Version,
};
use crate::error::PushError;

/// Sends requests and judges what comes back.
pub(super) struct Sender<'a> {
    control: &'a Control,
    client: Client<'a>,
    url: String,
    backoff: Backoff,
    /// What the last error was about. It is reported once, and not with each attempt.
    reported: Option<Complaint>,
}

/// What an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Complaint {
    Unreachable,
    Status(u16),
    Partial,
}

impl<'a> Sender<'a> {
    pub(super) fn new(
        control: &'a Control,
        receiver: &'a Receiver,
        backoff: Backoff,
    ) -> std::io::Result<Self> {
        let client = Client::new(receiver)?;
        Ok(Self { control, client, url: receiver.target.shown(), backoff, reported: None })
    }

    /// Sends until there is nothing more to send.
    pub(super) fn run(&mut self) {
        self.control.recover();
        while let Some((payload, version, remaining)) = self.control.next_request() {
            self.send(&payload, version, remaining);
        }
    }

    fn send(&mut self, payload: &Payload, version: Version, remaining: Duration) {
        // It may have been written when a receiver of another version was there.
        let Some((version, body)) = payload.body(version) else { return self.control.accepted(version) };
        let began = Instant::now();
        let response = self.client.send(body, version, remaining);
        let took = began.elapsed();
        let meters = self.control.meters;
        let response = match response {
            Ok(response) => response,
            Err(error) => {
                meters.requested(RequestResult::Unreachable, took);
                return self.try_again(None, error, Complaint::Unreachable);
            }
        };
        let status = response.status;
        if is_retryable(status) {
            meters.requested(RequestResult::Unavailable, took);
            let error = self.refusal(status, response.message);
            return self.try_again(response.after, error, Complaint::Status(status));
        }
        let success = (200..300).contains(&status);
        // A receiver of 1.0 that does not look at the type of a request has found an empty message in it.
        let ignored = success && version == Version::V2 && response.written.is_none();
        if status == 415 || ignored {
            let has_other = version == Version::V2 && payload.v1.is_some();
            if self.control.unsupported(version, has_other) {
                meters.requested(RequestResult::Unsupported, took);
                return;
            }
        }
        let written = written(&response, version, body.counts, success);
        let lost = body.counts.less(written);
        meters.written(written);
        if success && lost.values() == 0 {
            let result = if lost.is_empty() { RequestResult::Written } else { RequestResult::Partial };
            meters.requested(result, took);
            meters.dropped(DropReason::Rejected, lost);
            self.backoff.reset();
            self.control.accepted(version);
            self.reported = None;
            return;
        }
        let (result, reason, complaint) = if written.is_empty() {
            (RequestResult::Refused, DropReason::Refused, Complaint::Status(status))
        } else {
            (RequestResult::Partial, DropReason::Rejected, Complaint::Partial)
        };
        meters.requested(result, took);
        meters.dropped(reason, lost);
        self.backoff.reset();
        let error = Arc::new(self.refusal(status, response.message.clone()));
        let spoken = response.written.filter(|_| version == Version::V2).map(|_| version);
        self.control.refused(lost.values(), Arc::clone(&error), spoken);
        self.complain(complaint, &error);
    }

    fn try_again(&mut self, after: Option<Duration>, error: PushError, complaint: Complaint) {
        let pause = self.backoff.next();
        let error = Arc::new(error);
        self.control.failed(after.unwrap_or(pause), Arc::clone(&error));
        self.complain(complaint, &error);
    }

    fn complain(&mut self, complaint: Complaint, error: &PushError) {
        // The state is consistent before the user's code is called, which may panic.
        if self.reported.replace(complaint) != Some(complaint) {
            self.control.report(error);
        }
    }

    fn refusal(&self, status: u16, message: String) -> PushError {
        PushError::Refused { url: self.url.clone(), status, message }
    }
}

/// How much of a request was written. A receiver of 1.0 says nothing about that.
fn written(response: &Response, version: Version, sent: Counts, success: bool) -> Counts {
    match (version, response.written) {
        (Version::V2, Some(written)) => written.least(sent),
        (Version::V1, _) if success => sent,
        _ => Counts::default(),
    }
}
