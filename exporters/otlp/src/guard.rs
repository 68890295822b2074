//! The thread that exports, and the guard that ends it.

use crate::{
    BuildError, ExportError, Exported,
    control::{Control, Work},
    sender::Sender,
    timing::Timing,
};
use std::{
    fmt, process,
    sync::{
        Arc,
        mpsc::{self, Receiver, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

/// Keeps exporting until it is dropped, and then exports once more.
///
/// The last export takes no longer than [`shutdown_timeout`](crate::OtlpBuilder::shutdown_timeout). Keep the guard in `main`.
/// `std::process::exit` drops nothing: call [`shutdown`](Self::shutdown) before it. A forked child process
/// inherits the guard but not the thread: there, it exports nothing, and dropping it does nothing.
#[must_use = "dropping it ends the exports; keep it in `main`"]
pub struct OtlpGuard {
    control: Option<Arc<Control>>,
    shutdown_timeout: Duration,
    /// The process whose thread it is.
    process: u32,
}

impl OtlpGuard {
    /// Starts the thread, unless there is no sender because exporting is switched off.
    pub(crate) fn start(sender: Option<Sender>, timing: Timing) -> Result<Self, BuildError> {
        let shutdown_timeout = timing.shutdown_timeout;
        let Some(sender) = sender else {
            return Ok(Self { control: None, shutdown_timeout, process: process::id() });
        };
        let control = Arc::new(Control::default());
        let thread = thread::Builder::new().name("tallymark-otlp".into());
        let ending = Ending(Arc::clone(&control));
        thread.spawn(move || run(sender, timing, &ending.0)).map_err(BuildError::Thread)?;
        Ok(Self { control: Some(control), shutdown_timeout, process: process::id() })
    }

    /// Exports now, and returns when that is done or `timeout` is over. What was counted before this call is part of it.
    ///
    /// # Errors
    ///
    /// If the export failed, or is still going on after `timeout`.
    pub fn flush(&self, timeout: Duration) -> Result<Exported, ExportError> {
        let (waiter, result) = mpsc::channel();
        match &self.control {
            // The thread exists in the parent only. The lock was copied as it was: held, perhaps, and then for ever.
            Some(_) if self.process != process::id() => return Err(ExportError::Ended),
            Some(control) => control.flush(waiter),
            None => return Ok(Exported { disabled: true, ..Exported::default() }),
        }
        wait(&result, timeout)
    }

    /// Exports a last time, and returns how that ended. Dropping the guard does the same.
    ///
    /// # Errors
    ///
    /// If the export failed, or was not over [in time](crate::OtlpBuilder::shutdown_timeout).
    pub fn shutdown(mut self) -> Result<Exported, ExportError> {
        self.end()
    }

    fn end(&mut self) -> Result<Exported, ExportError> {
        let Some(control) = self.control.take() else {
            return Ok(Exported { disabled: true, ..Exported::default() });
        };
        if self.process != process::id() {
            return Err(ExportError::Ended);
        }
        let (waiter, result) = mpsc::channel();
        control.stop(Instant::now() + self.shutdown_timeout, waiter);
        // A request that hangs is left to itself.
        wait(&result, self.shutdown_timeout)
    }
}

fn wait(
    result: &Receiver<Result<Exported, ExportError>>,
    timeout: Duration,
) -> Result<Exported, ExportError> {
    result.recv_timeout(timeout).unwrap_or_else(|error| {
        Err(match error {
            RecvTimeoutError::Timeout => ExportError::OutOfTime,
            RecvTimeoutError::Disconnected => ExportError::Ended,
        })
    })
}

impl Drop for OtlpGuard {
    fn drop(&mut self) {
        // Whoever wants to know how it ended calls `shutdown`; the metrics about exports know as well.
        let _ = self.end();
    }
}

impl fmt::Debug for OtlpGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OtlpGuard").field("disabled", &self.control.is_none()).finish_non_exhaustive()
    }
}

/// Says that the thread is gone, however it went.
struct Ending(Arc<Control>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Exports at each tick, and whenever somebody asks for it.
fn run(mut sender: Sender, timing: Timing, control: &Control) {
    let mut tick = Instant::now() + timing.interval;
    loop {
        let Work { waiters, stop } = control.next(tick);
        let now = Instant::now();
        let result = sender.export(stop.unwrap_or(now + timing.export_timeout), control);
        for waiter in waiters {
            // Who waited may have had enough.
            let _ = waiter.send(result.clone());
        }
        if stop.is_some() {
            return;
        }
        if now >= tick {
            // Ticks that passed meanwhile are left out.
            tick = (tick + timing.interval).max(Instant::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::ExportError;
    use std::time::Duration;

    /// A forked child has a copy of the guard, and no thread that would reply.
    #[test]
    fn one_of_another_process_exports_nothing() {
        let patience = Duration::from_secs(3_600);
        let exporter = crate::builder().endpoint("http://127.0.0.1:1").shutdown_timeout(patience).build();
        let mut guard = exporter.expect("a good address").start().expect("a thread");
        guard.process = guard.process.wrapping_add(1);
        assert!(matches!(guard.flush(patience), Err(ExportError::Ended)));
        assert!(matches!(guard.shutdown(), Err(ExportError::Ended)));
    }
}
