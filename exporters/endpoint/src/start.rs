//! From settings to a thread that serves.

use std::{
    io,
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
};

use tokio::{runtime, sync::watch};

use super::{
    handle::{Exporter, Warning},
    listen::{Bound, Listener, Socket},
    server::{self, Settings},
};

/// More scrapes than this are encoded one after the other. Collectors that hang occupy no more threads either.
const ENCODING_THREADS: usize = 4;

/// Starts the thread. What it listens on is open already.
pub(super) fn start(bound: Vec<Bound>, settings: Settings, warnings: Vec<Warning>) -> io::Result<Exporter> {
    let (stop, stopping) = watch::channel(false);
    let started = Arc::new(Started::default());
    let report = Report(Arc::clone(&started));
    let (endpoints, sockets): (Vec<_>, Vec<_>) =
        bound.into_iter().map(|bound| (bound.endpoint, bound.socket)).unzip();
    let serve = move || {
        let (runtime, listeners) = match prepare(sockets) {
            Ok(prepared) => prepared,
            Err(error) => return report.0.say(Err(error)),
        };
        report.0.say(Ok(()));
        runtime.block_on(server::run(listeners, Arc::new(settings), stopping));
        // A collector that hangs must not keep `stop` waiting.
        runtime.shutdown_background();
    };
    let thread = thread::Builder::new().name("tallymark-serve".to_owned()).spawn(serve)?;
    started.wait()?;
    Ok(Exporter::new(endpoints, warnings, stop, thread))
}

/// How it went, once the thread has said so. The standard channel would be a twentieth of all
/// code that the default crate hands to LLVM.
#[derive(Default)]
struct Started {
    said: Mutex<Option<io::Result<()>>>,
    changed: Condvar,
}

impl Started {
    /// Says it, unless something was said before.
    fn say(&self, result: io::Result<()>) {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(result);
        self.changed.notify_all();
    }

    fn wait(&self) -> io::Result<()> {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(result) = said.take() {
                return result;
            }
            said = self.changed.wait(said).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// The thread's end of it, so that nobody waits for a thread that has panicked.
struct Report(Arc<Started>);

impl Drop for Report {
    fn drop(&mut self) {
        self.0.say(Err(io::Error::other("the thread of the endpoint has ended")));
    }
}

/// Starts the runtime on the thread that it is for, where dropping it is allowed too.
fn prepare(sockets: Vec<Socket>) -> io::Result<(runtime::Runtime, Vec<Listener>)> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(ENCODING_THREADS)
        .thread_name("tallymark-work")
        .build()?;
    let listeners = {
        let _within = runtime.enter();
        sockets.into_iter().map(Listener::new).collect::<io::Result<_>>()?
    };
    Ok((runtime, listeners))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_first_is_heard_and_silence_is_an_error() {
        for (result, heard) in
            [(Some(Ok(())), true), (Some(Err(io::ErrorKind::AddrInUse.into())), false), (None, false)]
        {
            let started = Arc::new(Started::default());
            let report = Report(Arc::clone(&started));
            let thread = thread::spawn(move || {
                if let Some(result) = result {
                    report.0.say(result);
                }
            });
            assert_eq!(started.wait().is_ok(), heard);
            thread.join().expect("the thread");
        }
    }
}
