//! How far a connection is with its requests.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::limit::Permit;

/// What the parts of one connection know of each other: the service that is called with requests, the bodies of
/// responses, the stream that carries them, and the server, which closes idle connections when there are too many.
#[derive(Clone, Debug)]
pub(super) struct Progress(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// When the response to the present request has to be with the client.
    deadline: Option<Instant>,
    /// Requests whose response is not written yet.
    answering: usize,
    /// Scrapes of which hyper holds the last bytes.
    unsent: Vec<Permit>,
    /// Whether something was written that may not have left for the client yet.
    buffered: bool,
    /// When the last byte came or went.
    moved: Instant,
}

impl Progress {
    /// A connection that has just begun.
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(State {
            deadline: None,
            answering: 0,
            unsent: Vec::new(),
            buffered: false,
            moved: Instant::now(),
        })))
    }

    /// Notes a request, and when its response has to be with the client.
    pub(super) fn asked(&self, deadline: Option<Instant>) {
        let mut state = self.lock();
        state.answering += 1;
        state.deadline = deadline;
    }

    /// Takes back the deadline, so that there is time to say that it has passed.
    pub(super) fn clear_deadline(&self) {
        self.lock().deadline = None;
    }

    /// Returns when the response to the present request has to be with the client.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.lock().deadline
    }

    /// Notes that the body of a response was handed to hyper, or given up. The permit of a scrape that was handed over whole
    /// is held until it was [sent](Self::sent).
    pub(super) fn written(&self, scrape: Option<Permit>) {
        let mut state = self.lock();
        state.answering = state.answering.saturating_sub(1);
        state.unsent.extend(scrape);
        state.buffered = true;
    }

    /// Notes that bytes came or went.
    pub(super) fn moved(&self) {
        self.lock().moved = Instant::now();
    }

    /// Notes that hyper holds nothing for the client any more.
    pub(super) fn sent(&self) {
        let mut state = self.lock();
        state.buffered = false;
        for mut permit in std::mem::take(&mut state.unsent) {
            permit.finish();
        }
    }

    /// Returns when the last byte came or went, if no request is under way.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        let state = self.lock();
        (state.answering == 0 && !state.buffered).then_some(state.moved)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limit::ScrapeLimit;

    #[test]
    fn a_connection_is_idle_once_everything_was_sent() {
        let limit = ScrapeLimit::new(1, std::time::Duration::MAX);
        let progress = Progress::new();
        assert!(progress.idle_since().is_some());
        progress.asked(None);
        let permit = limit.admit();
        assert!(permit.is_some() && progress.idle_since().is_none());
        progress.written(permit);
        assert!(progress.idle_since().is_none() && limit.admit().is_none());
        progress.sent();
        assert!(progress.idle_since().is_some() && limit.admit().is_some());
    }

    /// hyper reads the next request while it still holds the response to the last one.
    #[test]
    fn pipelined_requests() {
        let progress = Progress::new();
        progress.asked(None);
        progress.written(None);
        progress.asked(None);
        progress.sent();
        assert!(progress.idle_since().is_none());
        progress.written(None);
        progress.sent();
        assert!(progress.idle_since().is_some());
    }
}
