//! The threads of Remote Write, and the guard that ends them.

use std::{
    fmt, io,
    panic::{AssertUnwindSafe, catch_unwind},
    process,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use tallymark_core::registry;

use super::{
    client::Receiver,
    control::{Control, Role},
    history::History,
    origin,
    retry::Backoff,
    sampling::Sampling,
    sender::Sender,
};
use crate::error::{BuildError, PushError};

/// The pauses before a thread begins anew after a panic.
const RESTART: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(60));

/// What the threads go by.
pub(super) struct Plan {
    pub(super) interval: Duration,
    pub(super) shutdown_timeout: Duration,
    pub(super) backoff: Backoff,
    pub(super) external: Vec<(String, String)>,
    pub(super) stale_at_exit: bool,
}

/// Keeps writing until it is dropped, and then writes a last time.
///
/// That takes no longer than [`shutdown_timeout`](super::RemoteWriteBuilder::shutdown_timeout). Keep the guard in `main`.
/// `std::process::exit` drops nothing: call [`shutdown`](Self::shutdown) before it. A forked child process inherits the guard
/// but not the threads: there it writes nothing, and dropping it does nothing.
#[must_use = "dropping it ends the writing; keep it in `main`"]
pub struct RemoteWriteGuard {
    /// `None` once it has been shut down.
    control: Option<Arc<Control>>,
    shutdown_timeout: Duration,
    /// The process whose threads they are.
    process: u32,
}

impl RemoteWriteGuard {
    pub(super) fn start(control: Control, receiver: Receiver, plan: Plan) -> Result<Self, BuildError> {
        let control = Arc::new(control);
        let guard = Self {
            control: Some(Arc::clone(&control)),
            shutdown_timeout: plan.shutdown_timeout,
            process: process::id(),
        };
        let Plan { interval, backoff, external, stale_at_exit, .. } = plan;
        let shared = Arc::clone(&control);
        spawn("tallymark-rw-send", move || {
            supervise(&shared, Role::Sender, |control| {
                // Where no more files can be opened, there is no runtime for requests; there may be one later.
                Sender::new(control, &receiver, backoff)?.run();
                Ok(())
            });
        })?;
        // If it cannot be started, dropping the guard ends the first one.
        spawn("tallymark-rw-read", move || {
            let mut history = History::new(origin::started());
            supervise(&control, Role::Sampler, |control| {
                sample(control, &mut history, interval, &external, stale_at_exit);
                Ok(())
            });
        })
        .inspect_err(|_| guard.abandon())?;
        Ok(guard)
    }

    /// Ends the sending thread of a guard that has no sampling thread.
    fn abandon(&self) {
        if let Some(control) = &self.control {
            control.ended(Role::Sampler);
        }
    }

    /// Reads all metrics now, and returns when they are written, or when `timeout` is over. What was counted before this call
    /// is part of it.
    ///
    /// # Errors
    ///
    /// [`PushError::Unwritten`] if something was dropped meanwhile, or still waits when `timeout` is over.
    pub fn flush(&self, timeout: Duration) -> Result<(), PushError> {
        match &self.control {
            // The threads exist in the parent only. The lock was copied as it was: held, perhaps, and then for ever.
            Some(control) if self.process == process::id() => control.flush(timeout),
            _ => Err(PushError::Thread { source: io::Error::other("the threads are another process's") }),
        }
    }

    /// Writes a last time, and returns how that ended. Dropping the guard does the same, and reports an error.
    ///
    /// # Errors
    ///
    /// [`PushError::Unwritten`] if something was not written [in time](super::RemoteWriteBuilder::shutdown_timeout).
    pub fn shutdown(mut self) -> Result<(), PushError> {
        match self.control.take() {
            Some(control) if self.process == process::id() => control.stop(self.shutdown_timeout),
            _ => Err(PushError::Thread { source: io::Error::other("the threads are another process's") }),
        }
    }
}

impl Drop for RemoteWriteGuard {
    fn drop(&mut self) {
        let Some(control) = self.control.take().filter(|_| self.process == process::id()) else { return };
        if let Err(error) = control.stop(self.shutdown_timeout) {
            control.report(&error);
        }
    }
}

impl fmt::Debug for RemoteWriteGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteWriteGuard").finish_non_exhaustive()
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<(), BuildError> {
    let thread = thread::Builder::new().name(name.to_owned()).spawn(run);
    thread.map(drop).map_err(|source| BuildError::Thread { source })
}

/// Runs a thread's work, and runs it again after a panic or an error, which is reported once.
fn supervise(control: &Control, role: Role, mut work: impl FnMut(&Control) -> io::Result<()>) {
    let (first, longest) = RESTART;
    let mut backoff = Backoff::new(first, longest);
    let mut reported = false;
    loop {
        let failed = match catch_unwind(AssertUnwindSafe(|| work(control))) {
            Ok(Ok(())) => break,
            Ok(Err(source)) => Some(PushError::Thread { source }).filter(|_| !reported),
            Err(_) => {
                control.meters.restarted();
                None
            }
        };
        if let Some(error) = failed {
            reported = true;
            // A panic of the program's callback concerns nothing here.
            let _ = catch_unwind(AssertUnwindSafe(|| control.report(&error)));
        }
        if !control.pause(backoff.next()) {
            break;
        }
    }
    control.ended(role);
}

/// Samples at each tick, and whenever somebody asks for it.
fn sample(
    control: &Control,
    history: &mut History,
    interval: Duration,
    external: &[(String, String)],
    stale_at_exit: bool,
) {
    let mut tick = Instant::now() + interval;
    loop {
        let turn = control.next_sampling(tick);
        let now = Instant::now();
        let mut sampling = Sampling::new(history, control.meters, turn.versions, external);
        registry::visit(&mut sampling);
        control.add(sampling.finish());
        if turn.last && stale_at_exit {
            // A sampling without metrics: everything has ended.
            control.add(Sampling::new(history, control.meters, turn.versions, external).finish());
        }
        control.sampled(turn.asked);
        if turn.last {
            return;
        }
        if now >= tick {
            // Ticks that passed meanwhile are left out.
            tick = (tick + interval).max(Instant::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::{
        meters::Meters,
        version::{Negotiation, RemoteWriteProtocol},
    };
    use std::sync::{Arc, Mutex};
    use tallymark_core::registry::snapshot;

    /// A library must not panic where the system has no more files: a program may be built to abort then.
    #[test]
    fn what_cannot_begin_is_tried_again_without_a_panic() {
        let reports = Arc::new(Mutex::new(Vec::new()));
        let reported = Arc::clone(&reports);
        let report =
            move |error: &PushError| reported.lock().expect("nobody panicked").push(error.to_string());
        let negotiation = Negotiation::new(RemoteWriteProtocol::Negotiated);
        let meters = Meters::declare().expect("good names");
        let control = Control::new(100, negotiation, Box::new(report), meters, String::new());
        let mut attempts = 0;
        supervise(&control, Role::Sender, |_| {
            attempts += 1;
            if attempts < 3 { Err(io::Error::other("too many open files")) } else { Ok(()) }
        });
        assert_eq!(attempts, 3);
        let reports = reports.lock().expect("nobody panicked");
        assert_eq!(reports.len(), 1, "{reports:?}");
        assert_eq!(snapshot().counter("tallymark_remote_write_restarts_total", &[]), Some(0));
    }

    /// A forked child has a copy of the guard, and no threads that would write.
    #[test]
    fn one_of_another_process_writes_nothing() {
        let patience = Duration::from_secs(3_600);
        let builder = crate::remote_write("http://127.0.0.1:1/api/v1/write").shutdown_timeout(patience);
        let mut guard = builder.on_error(|error| panic!("it wrote: {error}")).start().expect("threads");
        guard.process = guard.process.wrapping_add(1);
        assert!(guard.flush(patience).is_err());
        drop(guard);
    }
}
