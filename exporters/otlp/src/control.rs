//! How the thread that exports is told what to do.

use crate::{ExportError, Exported, pause::Pause};
use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc::Sender},
    time::Instant,
};

/// Receives the result of the next export.
pub(crate) type Waiter = Sender<Result<Exported, ExportError>>;

/// What the thread and its guard share.
#[derive(Default)]
pub(crate) struct Control {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// When the last export has to be over, if the thread is to end.
    stop: Option<Instant>,
    /// Who waits for an export that begins after they came.
    waiters: Vec<Waiter>,
    /// Nobody exports any more.
    ended: bool,
}

/// What the thread is to do.
pub(crate) struct Work {
    pub(crate) waiters: Vec<Waiter>,
    pub(crate) stop: Option<Instant>,
}

impl Control {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `tick`, or until somebody wants an export.
    pub(crate) fn next(&self, tick: Instant) -> Work {
        let mut state = self.state();
        loop {
            let now = Instant::now();
            if state.stop.is_some() || !state.waiters.is_empty() || now >= tick {
                return Work { waiters: std::mem::take(&mut state.waiters), stop: state.stop };
            }
            state = self.wait(state, tick);
        }
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, until: Instant) -> MutexGuard<'a, State> {
        let remaining = until.saturating_duration_since(Instant::now());
        self.changed.wait_timeout(state, remaining).unwrap_or_else(PoisonError::into_inner).0
    }

    /// Asks for an export.
    pub(crate) fn flush(&self, waiter: Waiter) {
        let mut state = self.state();
        // Where nobody exports, the waiter is dropped, by which its owner knows.
        if !state.ended {
            state.waiters.push(waiter);
            self.changed.notify_all();
        }
    }

    /// Asks for a last export, which is over at `deadline`.
    pub(crate) fn stop(&self, deadline: Instant, waiter: Waiter) {
        self.state().stop = Some(deadline);
        self.flush(waiter);
    }

    /// Nobody exports from here on.
    pub(crate) fn end(&self) {
        let mut state = self.state();
        state.ended = true;
        state.waiters.clear();
    }
}

impl Pause for Control {
    fn deadline(&self, deadline: Instant) -> Instant {
        self.state().stop.map_or(deadline, |stop| stop.min(deadline))
    }

    fn until(&self, moment: Instant) {
        let mut state = self.state();
        let stop = state.stop;
        while state.stop == stop && Instant::now() < moment {
            state = self.wait(state, moment);
        }
    }
}
