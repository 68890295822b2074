//! How the endpoint is set up and started.

mod environment;
#[cfg(not(feature = "tls"))]
mod without;

use std::{
    fmt::Debug,
    io::{self, Write},
    net::{Ipv4Addr, SocketAddr, ToSocketAddrs},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use tallymark_core::registry::{Config, Registry};
#[cfg(feature = "live")]
use tallymark_panels::Access;
use tokio::sync::Semaphore;

pub use self::environment::EnvironmentError;
#[cfg(feature = "live")]
use super::live::{Live, LivePage};
#[cfg(feature = "tls")]
use super::tls::{Paths, Tls};
use super::{
    coding::Coding,
    error::ServeError,
    guard::{Guard, Scheme, Secret},
    handle::{Exporter, Warning},
    limit::ScrapeLimit,
    listen::{Endpoint, Listen},
    router::{MAX_SCRAPES, Router, WRITE_TIMEOUT},
    service::MetricsService,
    settings::Settings,
    source::Source,
    start,
};

/// The most connections from addresses that are not allowed.
const STRANGERS: usize = 32;

/// Longer than any timeout makes sense, and short enough to be added to any instant.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

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
    source: Source,
    namespace: Option<String>,
    guard: Guard,
    #[cfg(feature = "tls")]
    certificate: Option<(PathBuf, PathBuf)>,
    #[cfg(feature = "tls")]
    clients: Option<PathBuf>,
    compression: bool,
    max_scrapes: usize,
    max_connections: usize,
    read_timeout: Duration,
    write_timeout: Duration,
    request_timeout: Option<Duration>,
    grace: Duration,
    #[cfg(feature = "live")]
    live: Live,
    /// The first thing that was wrong with a setting.
    error: Option<ServeError>,
    /// Variables of the environment that begin like settings and are not read.
    strays: Vec<String>,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            address: None,
            listen: Vec::new(),
            path: "/metrics".to_owned(),
            source: Source::default(),
            namespace: None,
            guard: Guard::default(),
            #[cfg(feature = "tls")]
            certificate: None,
            #[cfg(feature = "tls")]
            clients: None,
            compression: true,
            max_scrapes: MAX_SCRAPES,
            max_connections: 512,
            read_timeout: Duration::from_secs(75),
            write_timeout: WRITE_TIMEOUT,
            request_timeout: None,
            grace: Duration::from_secs(5),
            #[cfg(feature = "live")]
            live: Live::new(),
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

    /// The path of the metrics; `/metrics` if not set. A trailing slash makes it another path.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Serves the metrics of this registry, and nothing of the program's: for a tenant, or for a test that is not to see the
    /// metrics of others.
    ///
    /// Everything else is as it is for the program's metrics. What the endpoint counts of itself, such as refused scrapes, is
    /// counted in the program's registry.
    ///
    /// ```
    /// use tallymark::{Counter, exporter, place, registry::{Declaration, Registry}};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let tenant = Registry::new();
    /// let orders = Declaration::new("orders_total", "Orders.", place!()).registry(tenant);
    /// let orders: &Counter = orders.declare(Counter::new)?;
    /// orders.inc();
    ///
    /// let program = exporter::serve("127.0.0.1:0")?;
    /// let tenant = exporter::builder().address("127.0.0.1:0").registry(tenant).serve()?;
    /// assert_ne!(tenant.local_addr(), program.local_addr());
    /// # Ok(())
    /// # }
    /// ```
    pub fn registry(mut self, registry: Registry) -> Self {
        self.source = Source::of(registry);
        self
    }

    /// Whether responses are compressed for clients that accept it; they are, if not set and the features `gzip` or `zstd`
    /// are on.
    pub fn compression(mut self, compression: bool) -> Self {
        self.compression = compression;
        self
    }

    /// How the live page at `/live` samples the metrics; every 5 seconds, with 15 minutes in at most 16 MiB, if not set.
    /// [`Live::off`] leaves it out.
    ///
    /// The page is for people and has the guards of the metrics. Where a token is asked for, a browser asks for a name and a
    /// password: the token is the password, and any name will do. A [mounted](Builder::service) endpoint has no page.
    #[cfg(feature = "live")]
    #[cfg_attr(docsrs, doc(cfg(feature = "live")))]
    pub fn live(mut self, live: Live) -> Self {
        self.live = live;
        self
    }

    /// Puts `<namespace>_` before the names of metrics, by installing a [`Config`] with nothing else in it; in the
    /// [registry](Builder::registry) that is served, if one was given.
    ///
    /// That is for operators who configure by [environment](Builder::from_env): a program that has a configuration of
    /// its own installs it itself.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Asks for a token, as in `Authorization: Bearer <token>`. Of several tokens and [users](Builder::basic_auth), one
    /// is enough.
    ///
    /// Without it, the response is 401 with `WWW-Authenticate`. A token is never shown, neither by `Debug` nor in a log nor
    /// in an error, and is compared in a time that says nothing about it.
    pub fn bearer_token(mut self, token: impl AsRef<[u8]>) -> Self {
        self.give(Scheme::Bearer, Secret::token(token.as_ref()));
        self
    }

    /// Asks for one of the tokens in a file, which has one in each line.
    ///
    /// The file is looked at whenever somebody presents a token, so a change needs no restart; with both the old and the
    /// new token in it, scrapers can change over one by one. While the file is missing or unusable, what it said before
    /// stays in force, and the change is counted in `tallymark_file_reload_errors_total{file="token"}`.
    pub fn bearer_token_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.read(Scheme::Bearer, path.into());
        self
    }

    /// Asks for a name and a password, as in `Authorization: Basic ..`.
    pub fn basic_auth(mut self, name: &str, password: &str) -> Self {
        let secret =
            (!name.contains(':')).then(|| Secret::user(format!("{name}:{password}").as_bytes())).flatten();
        self.give(Scheme::Basic, secret);
        self
    }

    /// Asks for one of the users in a file, which has lines of the form `name:password`. It may change like
    /// [that with tokens](Builder::bearer_token_file); its label is `users`.
    pub fn basic_auth_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.read(Scheme::Basic, path.into());
        self
    }

    /// Serves only these addresses and networks, such as `192.0.2.7`, `10.0.0.0/8` or `fd00::/8`, and those of earlier
    /// calls. Others get 403.
    ///
    /// What counts is the other end of the connection. `X-Forwarded-For` and the like are not looked at, since everybody
    /// can send them; behind a proxy, let the proxy decide. An IPv4 address is the same when a socket for both families
    /// shows it as an IPv6 one, and `::/0` does not contain it. A Unix socket is guarded by its
    /// [mode](crate::Listen::mode).
    ///
    /// In a [service](Builder::service), the address is a [`SocketAddr`] among the request's extensions. A request that has
    /// none gets 403.
    pub fn allow<N: AsRef<str>>(mut self, networks: impl IntoIterator<Item = N>) -> Self {
        for network in networks {
            let network = network.as_ref();
            match network.parse() {
                Ok(network) => self.guard.networks.push(network),
                Err(source) => self.fail(ServeError::Network { network: network.to_owned(), source }),
            }
        }
        self
    }

    /// Serves TLS on all TCP addresses, with a certificate chain and its key in PEM files.
    ///
    /// The files are looked at for every new connection, so a renewed certificate needs no restart. What cannot be used,
    /// such as a new certificate whose key is not there yet, is counted in
    /// `tallymark_file_reload_errors_total{file="certificate"}`, and what was there before stays in force.
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    pub fn tls(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.certificate = Some((certificate.into(), key.into()));
        self
    }

    /// Talks only to clients that have a certificate from one of the authorities in a PEM file, which may change like
    /// [the others](Builder::tls).
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    pub fn client_ca(mut self, authorities: impl Into<PathBuf>) -> Self {
        self.clients = Some(authorities.into());
        self
    }

    /// How long a client may take to send the head of a request, and how long a connection may be idle between two
    /// requests; 75 seconds if not set, so that a scraper that comes once a minute keeps its connection.
    ///
    /// On an endpoint that strangers can reach, a few seconds are better: a connection that says nothing takes the room of
    /// one that does.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.read_timeout = timeout.min(LONGEST);
        self
    }

    /// How long a client may read nothing of a response before its connection is closed; 30 seconds if not set.
    ///
    /// A [service](Self::service) has no connections to close. Where as many scrapes as [may be](Self::max_scrapes) are under way, it
    /// ends the one whose client has read nothing for the longest time, if that was as long as this, for the sake of the next one.
    pub fn write_timeout(mut self, timeout: Duration) -> Self {
        self.write_timeout = timeout.min(LONGEST);
        self
    }

    /// How long a response may take from the head of the request to its last byte, however much of it the client has read;
    /// as long as it takes if not set.
    ///
    /// A scrape whose response has not begun by then gets 503 and `Retry-After`; one that is under way ends with its
    /// connection, which a client notices as an incomplete response.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = Some(timeout.min(LONGEST));
        self
    }

    /// How long requests under way may take when the endpoint is stopped; 5 seconds if not set.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace.min(LONGEST);
        self
    }

    /// How many scrapes may be under way at once; 16 if not set, and one at the least. Further ones get 503 and
    /// `Retry-After`.
    ///
    /// A scrape is under way until its last byte has left for the client, or the client is gone.
    pub fn max_scrapes(mut self, most: usize) -> Self {
        self.max_scrapes = most.max(1);
        self
    }

    /// How many connections there may be at once; 512 if not set, and one at the least. So scrapers never take all file
    /// descriptors of the application.
    ///
    /// For a further one, the connection that was idle for the longest time is closed, if that was a second or more; if
    /// none was, the further one waits.
    pub fn max_connections(mut self, most: usize) -> Self {
        self.max_connections = most.max(1);
        self
    }

    /// Listens and serves scrapes from a thread of its own.
    ///
    /// The port is open when this returns. It may be called from anywhere, within a tokio runtime too: the thread has
    /// a runtime of its own, so metrics can be read even if the application's runtime is stalled.
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

        #[cfg(feature = "live")]
        let live = self.live.is_on.then(|| {
            let access = self.access(bound.iter().map(|bound| &bound.endpoint));
            Arc::new(LivePage::new(self.live.clone(), access, self.source))
        });
        let path = Some(std::mem::take(&mut self.path));
        let settings = Settings {
            read_timeout: self.read_timeout,
            write_timeout: self.write_timeout,
            request_timeout: self.request_timeout,
            grace: self.grace,
            max_connections: self.max_connections,
            strangers: Arc::new(Semaphore::new(STRANGERS)),
            #[cfg(feature = "tls")]
            tls,
            router: Router {
                #[cfg(feature = "live")]
                live,
                ..self.router(path)
            },
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
        Ok(MetricsService::new(self.router(None)))
    }

    fn router(self, path: Option<String>) -> Router {
        Router {
            path,
            guard: self.guard,
            limit: ScrapeLimit::new(self.max_scrapes, self.write_timeout),
            source: self.source,
            codings: if self.compression { Coding::ALL } else { Coding::PLAIN },
            #[cfg(feature = "live")]
            live: None,
        }
    }

    /// Returns how other machines reach the endpoint, if they do.
    #[cfg(feature = "live")]
    fn access<'a>(&self, mut endpoints: impl Iterator<Item = &'a Endpoint>) -> Option<Access> {
        let reached = endpoints
            .find_map(|endpoint| endpoint.address().filter(|it| !it.ip().to_canonical().is_loopback()));
        let access = if self.guard.is_open() && !self.asks_for_certificates() {
            Access::open
        } else {
            Access::guarded
        };
        reached.map(|address| access(address.port(), self.path.clone()))
    }

    fn install_namespace(&mut self) -> Result<(), ServeError> {
        let Some(namespace) = self.namespace.take() else { return Ok(()) };
        // From the environment, or from the application, it may be that of all metrics already.
        if self.source.namespace().as_deref() == Some(&*namespace) {
            return Ok(());
        }
        let config = Config::new().namespace(namespace);
        self.source.configure(config).map_err(|source| ServeError::Namespace { source })
    }

    #[cfg(feature = "tls")]
    fn tls_paths(&mut self) -> Result<Option<Paths>, ServeError> {
        match (self.certificate.take(), self.clients.clone()) {
            (Some((certificate, key)), clients) => Ok(Some(Paths { certificate, key, clients })),
            (None, Some(_)) => Err(ServeError::ClientsWithoutTls),
            (None, None) => Ok(None),
        }
    }

    #[cfg(feature = "tls")]
    fn asks_for_certificates(&self) -> bool {
        self.clients.is_some()
    }

    #[cfg(not(feature = "tls"))]
    #[allow(clippy::unused_self, reason = "with the feature `tls` it depends on the settings")]
    fn asks_for_certificates(&self) -> bool {
        false
    }

    fn give(&mut self, scheme: Scheme, secret: Option<Secret>) {
        match secret {
            Some(secret) => self.guard.credentials.give(scheme, secret),
            None => self.fail(ServeError::Credentials),
        }
    }

    fn read(&mut self, scheme: Scheme, path: PathBuf) {
        if let Err(source) = self.guard.credentials.read(scheme, path.clone()) {
            self.fail(ServeError::CredentialsFile { path, source });
        }
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
