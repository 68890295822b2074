//! How the endpoint is set up and started.

mod environment;
mod guards;
mod limits;

use std::{
    fmt::Debug,
    io::{self, Write},
    net::{Ipv4Addr, SocketAddr, ToSocketAddrs},
    time::Duration,
};

use tallymark_core::registry::Config;

pub use self::environment::EnvironmentError;
#[cfg(feature = "tls")]
use super::tls::Tls;
use super::{
    coding::Coding,
    endpoint::Rules,
    error::ServeError,
    guard::Guard,
    handle::{Exporter, Warning},
    listen::{Endpoint, Listen},
    scrapes::Room,
    server::Settings,
    service::MetricsService,
    start,
};

/// Those whose address is not allowed take this many connections at the most.
const STRANGERS: usize = 32;

/// Settings of the endpoint, with defaults for all of them. Made by [`builder`](super::builder), or by
/// [`from_env`](Builder::from_env).
///
/// ```
/// let exporter = tallymark::exporter::builder().address("127.0.0.1:0").path("/internal/metrics").serve()?;
/// println!("metrics at http://{}/internal/metrics", exporter.local_addr());
/// # Ok::<(), tallymark::exporter::ServeError>(())
/// ```
///
/// What guards the endpoint guards a [mounted](Builder::service) one as well:
///
/// ```
/// let guarded = || tallymark::exporter::builder().bearer_token("s3cr3t").allow(["127.0.0.0/8"]);
/// let exporter = guarded().address("127.0.0.1:0").serve()?;
/// let service = guarded().service()?;
/// # let _ = (exporter, service);
/// # Ok::<(), tallymark::exporter::ServeError>(())
/// ```
#[derive(Debug)]
#[must_use = "nothing is served before `serve` is called"]
pub struct Builder {
    address: Option<Listen>,
    listen: Vec<Listen>,
    path: String,
    namespace: Option<String>,
    guard: Guard,
    #[cfg(feature = "tls")]
    certificate: Option<(std::path::PathBuf, std::path::PathBuf)>,
    #[cfg(feature = "tls")]
    clients: Option<std::path::PathBuf>,
    compression: bool,
    max_scrapes: Option<usize>,
    max_connections: usize,
    read_timeout: Duration,
    write_timeout: Duration,
    request_timeout: Option<Duration>,
    grace: Duration,
    /// The first thing that was wrong with a setting.
    error: Option<ServeError>,
    /// Variables of the environment that nobody reads.
    strays: Vec<String>,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            address: None,
            listen: Vec::new(),
            path: "/metrics".to_owned(),
            namespace: None,
            guard: Guard::default(),
            #[cfg(feature = "tls")]
            certificate: None,
            #[cfg(feature = "tls")]
            clients: None,
            compression: true,
            max_scrapes: None,
            max_connections: 512,
            read_timeout: Duration::from_secs(75),
            write_timeout: Duration::from_secs(30),
            request_timeout: None,
            grace: Duration::from_secs(5),
            error: None,
            strays: Vec::new(),
        }
    }

    /// The address to listen on; `127.0.0.1:9464` if not set. Port 0 lets the system choose a port.
    ///
    /// A host name is looked up here. If it has several addresses, they are tried in turn.
    /// What cannot be read as an address becomes an error of [`serve`](Builder::serve).
    pub fn address(mut self, address: impl ToSocketAddrs + Debug) -> Self {
        self.address = Some(Listen::address(address));
        self
    }

    /// Something to listen on besides: another address, the first free port of a range, a Unix socket. If
    /// [`address`](Builder::address) is not set, only on what is given here.
    ///
    /// ```
    /// use tallymark::exporter::{self, Listen};
    ///
    /// # let directory = std::env::temp_dir().join(format!("tallymark-listen-{}", std::process::id()));
    /// # std::fs::create_dir_all(&directory)?;
    /// # let socket = directory.join("metrics.sock");
    /// let exporter = exporter::builder()
    ///     .listen(Listen::address("127.0.0.1:0"))
    ///     .listen(Listen::unix(&socket).mode(0o660))
    ///     .serve()?;
    /// assert_eq!(exporter.endpoints().len(), 2);
    /// # drop(exporter);
    /// # std::fs::remove_dir(&directory)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn listen(mut self, listen: Listen) -> Self {
        self.listen.push(listen);
        self
    }

    /// The only path that is served; `/metrics` if not set. A trailing slash makes it another path.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Whether answers are compressed for clients that accept it; they are, if not set and the features `gzip` or `zstd`
    /// are on.
    pub fn compression(mut self, compression: bool) -> Self {
        self.compression = compression;
        self
    }

    /// Puts `<namespace>_` before the names of metrics, by installing a [`Config`] with nothing else in it.
    ///
    /// That is for operators who configure by [environment](Builder::from_env): a program that has a configuration of
    /// its own installs it itself.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Listens and serves scrapes from a thread of its own.
    ///
    /// The port is open when this returns. It may be called from anywhere, within a tokio runtime too: the thread has
    /// a runtime of its own, so scrapes are answered even if the application's runtime is stalled.
    ///
    /// # Errors
    ///
    /// See [`ServeError`].
    pub fn serve(mut self) -> Result<Exporter, ServeError> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        if !is_path(&self.path) {
            return Err(ServeError::InvalidPath { path: self.path });
        }
        self.install_namespace()?;
        #[cfg(feature = "tls")]
        let tls =
            self.tls_paths()?.map(Tls::open).transpose().map_err(|source| ServeError::Tls { source })?;

        let mut listen = std::mem::take(&mut self.listen);
        match self.address.take() {
            Some(address) => listen.insert(0, address),
            None if listen.is_empty() => listen.push(Listen::address((Ipv4Addr::LOCALHOST, 9464))),
            None => {}
        }
        let bound = listen.into_iter().map(Listen::bind).collect::<Result<Vec<_>, _>>()?;
        let address = bound.iter().find_map(|bound| bound.endpoint.address());
        let warnings = self.warnings(bound.iter().map(|bound| &bound.endpoint));

        let path = Some(std::mem::take(&mut self.path));
        let settings = Settings {
            read_timeout: self.read_timeout,
            write_timeout: self.write_timeout,
            request_timeout: self.request_timeout,
            grace: self.grace,
            max_connections: self.max_connections,
            strangers: Room::new(STRANGERS),
            #[cfg(feature = "tls")]
            tls,
            rules: self.rules(path),
        };
        for warning in &warnings {
            // Whether anybody reads it is not for a metric to worry about.
            let _ = writeln!(io::stderr(), "tallymark: {warning}");
        }
        let unspecified = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
        start::start(bound, settings, warnings)
            .map_err(|source| ServeError::bind(address.unwrap_or(unspecified), source))
    }

    /// The endpoint as a tower service, for an application that serves it from its own HTTP server.
    ///
    /// Credentials, allowed addresses, the number of scrapes at once and compression are as they were set. What is about
    /// listening and connections (addresses, path, timeouts) is the application's.
    ///
    /// # Errors
    ///
    /// If a setting is wrong, and if TLS was set: what should keep strangers out is not left out in silence.
    pub fn service(mut self) -> Result<MetricsService, ServeError> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        #[cfg(feature = "tls")]
        if self.tls_paths()?.is_some() {
            return Err(ServeError::NotForService { setting: "tls" });
        }
        self.install_namespace()?;
        Ok(MetricsService::new(self.rules(None)))
    }

    fn rules(self, path: Option<String>) -> Rules {
        Rules {
            path,
            guard: self.guard,
            room: self.max_scrapes.map(Room::new),
            codings: if self.compression { Coding::ALL } else { Coding::PLAIN },
        }
    }

    fn install_namespace(&mut self) -> Result<(), ServeError> {
        let Some(namespace) = self.namespace.take() else { return Ok(()) };
        Config::new().namespace(namespace).install().map_err(|source| ServeError::Namespace { source })
    }

    fn warnings<'a>(&self, endpoints: impl Iterator<Item = &'a Endpoint>) -> Vec<Warning> {
        let open = self.guard.is_open() && !self.asks_for_certificates();
        let addresses = endpoints.filter_map(Endpoint::address);
        let reached = addresses.filter(|address| open && !address.ip().to_canonical().is_loopback());
        let strays = self.strays.iter().cloned().map(Warning::NotRead);
        reached.map(Warning::Unguarded).chain(strays).collect()
    }

    /// Notes what is wrong with a setting, if nothing was before.
    fn fail(&mut self, error: ServeError) {
        self.error.get_or_insert(error);
    }
}

/// Whether a request can name the path.
fn is_path(path: &str) -> bool {
    path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'?' && byte != b'#')
}
