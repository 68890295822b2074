//! What the thread that samples, the thread that sends and their guard share.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{
    meters::{DropReason, Meters},
    payload::Payload,
    queue::Queue,
    version::{Negotiation, Version, Versions},
};
use crate::error::PushError;

/// The callback for errors.
pub(super) type Report = Box<dyn FnMut(&PushError) + Send>;

/// A thread.
#[derive(Clone, Copy, Debug)]
pub(super) enum Role {
    Sampler,
    Sender,
}

pub(super) struct Control {
    state: Mutex<State>,
    changed: Condvar,
    report: Mutex<Report>,
    pub(super) meters: Meters,
    /// The receiver, as errors name it.
    url: String,
}

struct State {
    queue: Queue,
    /// How much of its memory the metric about it shows.
    shown: usize,
    negotiation: Negotiation,
    /// How many samplings were asked for, and how many of them were made.
    asked: u64,
    made: u64,
    /// Until when all has to be sent, if the program ends.
    stop: Option<Instant>,
    /// Until when the receiver is left alone.
    silence: Option<Instant>,
    sampler_ended: bool,
    sender_ended: bool,
    /// How many values were dropped so far, and the last error.
    lost: u64,
    error: Option<Arc<PushError>>,
}

/// A sampling that is to be made now.
pub(super) struct Turn {
    /// How many samplings are done with it of those that were asked for.
    pub(super) asked: u64,
    /// Whether it is the last one.
    pub(super) last: bool,
    pub(super) versions: Versions,
}

impl Control {
    pub(super) fn new(
        limit: usize,
        negotiation: Negotiation,
        report: Report,
        meters: Meters,
        url: String,
    ) -> Self {
        let state = State {
            queue: Queue::new(limit),
            shown: 0,
            negotiation,
            asked: 0,
            made: 0,
            stop: None,
            silence: None,
            sampler_ended: false,
            sender_ended: false,
            lost: 0,
            error: None,
        };
        let (state, report) = (Mutex::new(state), Mutex::new(report));
        Self { state, changed: Condvar::new(), report, meters, url }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a change, at most until this moment.
    fn wait<'a>(&self, state: MutexGuard<'a, State>, until: Option<Instant>) -> MutexGuard<'a, State> {
        match until {
            None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            Some(until) => {
                let remaining = until.saturating_duration_since(Instant::now());
                self.changed.wait_timeout(state, remaining).unwrap_or_else(PoisonError::into_inner).0
            }
        }
    }

    /// Shows how much memory the queue takes, beside the queues of other receivers.
    fn show(&self, state: &mut State) {
        let bytes = state.queue.bytes();
        self.meters.queued(bytes as f64 - state.shown as f64);
        state.shown = bytes;
    }

    /// Passes an error to the program's callback.
    pub(super) fn report(&self, error: &PushError) {
        let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        report(error);
    }
}

/// For the thread that samples.
impl Control {
    /// Waits until `tick`, or until somebody wants a sampling.
    pub(super) fn next_sampling(&self, tick: Instant) -> Turn {
        let mut state = self.state();
        loop {
            let last = state.stop.is_some();
            if last || state.asked > state.made || Instant::now() >= tick {
                return Turn { asked: state.asked, last, versions: state.negotiation.versions() };
            }
            state = self.wait(state, Some(tick));
        }
    }

    /// Adds requests. What has no room is dropped.
    pub(super) fn add(&self, payloads: Vec<Payload>) {
        let mut state = self.state();
        if state.sender_ended {
            // Nobody will send it.
            for payload in payloads {
                self.meters.dropped(DropReason::Shutdown, payload.counts());
                state.lost += payload.counts().values();
            }
            return;
        }
        for payload in payloads {
            for dropped in state.queue.push(payload) {
                self.meters.dropped(DropReason::QueueFull, dropped.counts());
                state.lost += dropped.counts().values();
            }
        }
        self.show(&mut state);
        self.changed.notify_all();
    }

    /// A sampling is made, and all of its requests were added.
    pub(super) fn sampled(&self, asked: u64) {
        self.state().made = asked;
        self.changed.notify_all();
    }
}

/// For the thread that sends.
impl Control {
    /// Waits for a request that may be sent. Returns it with its version and the time for it, or `None` when the thread is to
    /// end.
    pub(super) fn next_request(&self) -> Option<(Payload, Version, Duration)> {
        let mut state = self.state();
        loop {
            let now = Instant::now();
            let silence = state.silence.filter(|silence| *silence > now);
            if let Some(stop) = state.stop {
                let done = state.sampler_ended && state.queue.is_empty();
                // What cannot be sent in time is not waited for.
                if done || silence.unwrap_or(now) >= stop {
                    return None;
                }
            }
            if silence.is_none() {
                if let Some(payload) = state.queue.take() {
                    let remaining = state.stop.map_or(Duration::MAX, |stop| stop.duration_since(now));
                    return Some((payload, state.negotiation.version, remaining));
                }
            }
            let until = silence.into_iter().chain(state.stop).min();
            state = self.wait(state, until);
        }
    }

    /// The request on its way has arrived, in this version.
    pub(super) fn accepted(&self, version: Version) {
        let mut state = self.state();
        state.queue.settle();
        state.negotiation.accepted(version);
        state.queue.keep(version);
        self.settled(state, 0);
    }

    /// The request on its way was refused, and so many of its values were not written.
    ///
    /// `spoken` is the version that the receiver is known to speak, if its response shows that.
    pub(super) fn refused(&self, lost: u64, error: Arc<PushError>, spoken: Option<Version>) {
        let mut state = self.state();
        state.queue.settle();
        if let Some(version) = spoken {
            state.negotiation.accepted(version);
        }
        state.error = Some(error);
        self.settled(state, lost);
    }

    /// The request on its way is to be sent again after a pause.
    pub(super) fn failed(&self, pause: Duration, error: Arc<PushError>) {
        let mut state = self.state();
        state.queue.put_back();
        state.silence = Some(Instant::now() + pause);
        state.error = Some(error);
        self.changed.notify_all();
    }

    /// The receiver does not know the version of the request on its way. Returns whether it is sent in another one.
    pub(super) fn unsupported(&self, version: Version, has_other: bool) -> bool {
        let mut state = self.state();
        let again = state.negotiation.unsupported(version) && has_other;
        if again {
            state.queue.put_back();
        }
        again
    }

    fn settled(&self, mut state: MutexGuard<'_, State>, lost: u64) {
        state.silence = None;
        state.lost += lost;
        self.show(&mut state);
        self.changed.notify_all();
    }

    /// After a panic, the request that was on its way is sent again.
    pub(super) fn recover(&self) {
        self.state().queue.put_back();
    }
}

/// For both threads.
impl Control {
    /// Waits. Returns `false` at once if the program ends meanwhile.
    pub(super) fn pause(&self, pause: Duration) -> bool {
        let until = Instant::now() + pause;
        let mut state = self.state();
        while state.stop.is_none() && Instant::now() < until {
            state = self.wait(state, Some(until));
        }
        state.stop.is_none()
    }

    /// A thread is gone, however it went.
    pub(super) fn ended(&self, role: Role) {
        let mut state = self.state();
        match role {
            Role::Sampler => state.sampler_ended = true,
            Role::Sender => {
                state.sender_ended = true;
                for payload in state.queue.clear() {
                    self.meters.dropped(DropReason::Shutdown, payload.counts());
                    state.lost += payload.counts().values();
                }
                self.show(&mut state);
            }
        }
        self.changed.notify_all();
    }
}

/// For the guard.
impl Control {
    /// Asks for a sampling, and waits until it is made and written.
    pub(super) fn flush(&self, timeout: Duration) -> Result<(), PushError> {
        let deadline = Instant::now().checked_add(timeout);
        let mut state = self.state();
        let lost = state.lost;
        state.asked += 1;
        let asked = state.asked;
        self.changed.notify_all();
        let mut newest = None;
        loop {
            let now = Instant::now();
            let ended = state.sampler_ended || state.sender_ended;
            if newest.is_none() && state.made >= asked {
                newest = Some(state.queue.made());
            }
            let done = newest.is_some_and(|newest| !state.queue.holds(newest));
            if done || ended || deadline.is_some_and(|deadline| now >= deadline) {
                return self.outcome(&state, lost, done);
            }
            state = self.wait(state, deadline);
        }
    }

    /// Asks both threads to end, and waits for them.
    pub(super) fn stop(&self, timeout: Duration) -> Result<(), PushError> {
        let deadline = Instant::now() + timeout;
        let mut state = self.state();
        let lost = state.lost;
        state.stop = Some(deadline);
        self.changed.notify_all();
        while !(state.sampler_ended && state.sender_ended) && Instant::now() < deadline {
            state = self.wait(state, Some(deadline));
        }
        let done = state.sampler_ended && state.sender_ended;
        self.outcome(&state, lost, done)
    }

    fn outcome(&self, state: &State, lost: u64, done: bool) -> Result<(), PushError> {
        let unwritten = (state.lost - lost) + if done { 0 } else { state.queue.counts().values() };
        if done && unwritten == 0 {
            return Ok(());
        }
        Err(PushError::Unwritten { url: self.url.clone(), values: unwritten, source: state.error.clone() })
    }
}
