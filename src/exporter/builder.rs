//! How the endpoint is set up and started.

use std::{
    fmt::Debug,
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener, ToSocketAddrs},
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use tokio::{runtime, sync::watch};

use super::{
    error::ServeError,
    handle::Exporter,
    server::{self, Settings},
};

/// More scrapes than this are encoded one after the other. Collectors that hang occupy no more threads either.
const ENCODING_THREADS: usize = 4;

/// Longer than any timeout makes sense, and short enough to be added to any instant.
const LONGEST: Duration = Duration::from_hours(365 * 24);

/// Settings of the endpoint, with defaults for all of them. Made by [`builder`](super::builder).
///
/// ```
/// let exporter = tallymark::exporter::builder().address("127.0.0.1:0").path("/internal/metrics").serve()?;
/// println!("metrics at http://{}/internal/metrics", exporter.local_addr());
/// # Ok::<(), tallymark::exporter::ServeError>(())
/// ```
#[derive(Debug)]
#[must_use = "nothing is served before `serve` is called"]
pub struct Builder {
    address: Result<Vec<SocketAddr>, (String, io::Error)>,
    path: String,
    read_timeout: Duration,
    write_timeout: Duration,
    grace: Duration,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            address: Ok(vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 9464))]),
            path: "/metrics".to_owned(),
            read_timeout: Duration::from_secs(75),
            write_timeout: Duration::from_secs(30),
            grace: Duration::from_secs(5),
        }
    }

    /// The address to listen on; `127.0.0.1:9464` if not set. Port 0 lets the system choose a port.
    ///
    /// A host name is looked up here. If it has several addresses, they are tried in turn.
    /// What cannot be read as an address becomes an error of [`serve`](Builder::serve).
    pub fn address(mut self, address: impl ToSocketAddrs + Debug) -> Self {
        self.address =
            address.to_socket_addrs().map(Iterator::collect).map_err(|error| (format!("{address:?}"), error));
        self
    }

    /// The only path that is served; `/metrics` if not set. A trailing slash makes it another path.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// How long a client may take to send the head of a request, and how long a connection may be idle between two
    /// requests; 75 seconds if not set, so that a scraper that comes once a minute keeps its connection.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.read_timeout = timeout.min(LONGEST);
        self
    }

    /// How long a client may read nothing of a response before its connection is closed; 30 seconds if not set.
    pub fn write_timeout(mut self, timeout: Duration) -> Self {
        self.write_timeout = timeout.min(LONGEST);
        self
    }

    /// How long requests under way may take when the endpoint is stopped; 5 seconds if not set.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace.min(LONGEST);
        self
    }

    /// Listens on the address and serves scrapes from a thread of its own.
    ///
    /// The port is open when this returns. It may be called from anywhere, within a tokio runtime too: the thread has
    /// a runtime of its own, so scrapes are answered even if the application's runtime is stalled.
    ///
    /// # Errors
    ///
    /// See [`ServeError`].
    pub fn serve(self) -> Result<Exporter, ServeError> {
        if !is_path(&self.path) {
            return Err(ServeError::InvalidPath { path: self.path });
        }
        let addresses =
            self.address.map_err(|(address, source)| ServeError::Unresolved { address, source })?;
        let (listener, address) = bind(&addresses)?;
        let settings = Settings {
            path: self.path,
            read_timeout: self.read_timeout,
            write_timeout: self.write_timeout,
            grace: self.grace,
        };
        start(address, listener, settings).map_err(|source| ServeError::bind(address, source))
    }
}

/// Listens on the first address that can be had, or says why the last one could not.
fn bind(addresses: &[SocketAddr]) -> Result<(TcpListener, SocketAddr), ServeError> {
    let mut error = ServeError::Unresolved {
        address: "no address".to_owned(),
        source: io::ErrorKind::InvalidInput.into(),
    };
    for &address in addresses {
        let bound = TcpListener::bind(address).and_then(|listener| {
            listener.set_nonblocking(true)?;
            let address = listener.local_addr()?;
            Ok((listener, address))
        });
        match bound {
            Ok(bound) => return Ok(bound),
            Err(source) => error = ServeError::bind(address, source),
        }
    }
    Err(error)
}

fn start(address: SocketAddr, listener: TcpListener, settings: Settings) -> io::Result<Exporter> {
    let (stop, stopping) = watch::channel(false);
    let (report, started) = mpsc::channel();
    let serve = move || {
        let (runtime, listener) = match prepare(listener) {
            Ok(prepared) => prepared,
            Err(error) => return drop(report.send(Err(error))),
        };
        // Nobody waits for the report only if the caller's thread is gone, and then the endpoint is told to stop.
        let _ = report.send(Ok(()));
        runtime.block_on(server::run(listener, Arc::new(settings), stopping));
        // A collector that hangs must not keep `stop` waiting.
        runtime.shutdown_background();
    };
    let thread = thread::Builder::new().name("tallymark-serve".to_owned()).spawn(serve)?;
    started.recv().map_err(io::Error::other)??;
    Ok(Exporter::new(address, stop, thread))
}

/// Starts the runtime on the thread that it is for, where dropping it is allowed too.
fn prepare(listener: TcpListener) -> io::Result<(runtime::Runtime, tokio::net::TcpListener)> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(ENCODING_THREADS)
        .thread_name("tallymark-work")
        .build()?;
    let listener = {
        let _within = runtime.enter();
        tokio::net::TcpListener::from_std(listener)?
    };
    Ok((runtime, listener))
}

/// Whether a request can name the path.
fn is_path(path: &str) -> bool {
    path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'?' && byte != b'#')
}
