//! The thread that serves.

use std::{io, sync::mpsc, thread};

use tokio::{runtime, sync::watch};

#[cfg(feature = "live")]
use super::live;
use super::{
    handle::{Exporter, Warning},
    listen::{Bound, Listener, Socket},
    server,
    settings::Settings,
};

/// More scrapes than this are encoded one after the other. Collectors that hang occupy no more threads either.
const ENCODING_THREADS: usize = 4;

/// Starts the thread. What it listens on is open already.
pub(super) fn start(bound: Vec<Bound>, settings: Settings, warnings: Vec<Warning>) -> io::Result<Exporter> {
    let (stop, stopping) = watch::channel(false);
    let (report, started) = mpsc::sync_channel(1);
    let (endpoints, sockets): (Vec<_>, Vec<_>) =
        bound.into_iter().map(|bound| (bound.endpoint, bound.socket)).unzip();
    let serve = move || {
        let (runtime, listeners) = match prepare(sockets) {
            Ok(prepared) => prepared,
            Err(error) => return drop(report.send(Err(error))),
        };
        let _ = report.send(Ok(()));
        #[cfg(feature = "live")]
        if let Some(live) = settings.router.live.clone() {
            runtime.spawn(live::run(live));
        }
        runtime.block_on(server::run(listeners, settings.into(), stopping));
        // A collector that hangs must not keep `stop` waiting.
        runtime.shutdown_background();
    };
    let thread = thread::Builder::new().name("tallymark-serve".to_owned()).spawn(serve)?;
    started.recv().unwrap_or_else(|_| Err(io::Error::other("the thread of the endpoint has panicked")))?;
    Ok(Exporter::new(endpoints, warnings, stop, thread))
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
