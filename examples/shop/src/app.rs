//! The shop as a whole: opened, open, closed.

use crate::{
    config::{Config, Database},
    faults::Faults,
    labels::Phase,
    metrics::service::PHASE,
    orders::Orders,
    queue::Tasks,
    reports::Reports,
    routes,
    sessions::Sessions,
    state::Shop,
    store::Store,
};
use std::{fmt, io, net::SocketAddr, sync::Arc};
use tallymark::exporter::{self, Exporter, ServeError};
use tallymark_axum as http;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

/// A shop that is open.
pub struct App {
    address: SocketAddr,
    exporter: Exporter,
    store: Store,
    faults: Faults,
    reports: Reports,
    close: oneshot::Sender<()>,
    server: JoinHandle<io::Result<()>>,
    worker: JoinHandle<()>,
}

/// Why the shop could not be opened.
#[derive(Debug)]
pub enum StartError {
    /// The address for customers cannot be bound.
    Listen(SocketAddr, io::Error),
    /// The address for `/metrics` cannot be bound.
    Metrics(ServeError),
    /// What is measured of requests clashes with something else.
    Http(http::BuildError),
    /// The database could not be opened.
    Database(Database, String),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen(address, error) => {
                write!(f, "cannot serve customers on {address}: {error}; --listen chooses another address")
            }
            Self::Http(error) => write!(f, "{error}"),
            Self::Metrics(error) => write!(f, "{error}; --metrics chooses another address"),
            Self::Database(database, error) => {
                write!(f, "cannot open the database {database}: {error}; --database chooses another")
            }
        }
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Listen(_, error) => Some(error),
            Self::Http(error) => Some(error),
            Self::Metrics(error) => Some(error),
            Self::Database(..) => None,
        }
    }
}

impl App {
    /// Opens the database, starts the worker, and serves customers and metrics. Port 0 takes any free port.
    ///
    /// # Errors
    ///
    /// If one of the addresses is taken or the database cannot be opened.
    pub async fn start(config: &Config) -> Result<Self, StartError> {
        PHASE.set(Phase::Starting);
        let metrics = http::builder().exclude(["/health"]).build().map_err(StartError::Http)?;
        let exporter = exporter::serve(config.metrics).map_err(StartError::Metrics)?;
        let listening = async {
            let listener = TcpListener::bind(config.listen).await?;
            Ok((listener.local_addr()?, listener))
        };
        let (address, listener) =
            listening.await.map_err(|error| StartError::Listen(config.listen, error))?;

        let broken =
            |error: &dyn fmt::Display| StartError::Database(config.database.clone(), error.to_string());
        let faults = Faults::new(&config.faults);
        let store = Store::open(&config.database, config.redis.as_deref(), faults.clone())
            .await
            .map_err(|error| broken(&error))?;
        let (tasks, worker) = Tasks::start(store.clone(), faults.clone());
        let orders =
            Orders::open(store.clone(), tasks, faults.clone()).await.map_err(|error| broken(&error))?;
        let shop = Arc::new(Shop {
            store: store.clone(),
            orders,
            sessions: Sessions::default(),
            faults: faults.clone(),
        });

        let (close, closed) = oneshot::channel();
        let server = axum::serve(listener, routes::router(shop, metrics)).with_graceful_shutdown(async {
            // An error means that the app was dropped, and that is a reason to close as well.
            let _ = closed.await;
        });
        PHASE.set(Phase::Open);
        let reports = Reports::start(store.clone(), faults.clone());
        let server = tokio::spawn(server.into_future());
        Ok(Self { address, exporter, store, faults, reports, close, server, worker })
    }

    /// Where customers are served.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What goes wrong on purpose.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Where `/metrics` is served.
    pub fn metrics_address(&self) -> SocketAddr {
        self.exporter.local_addr()
    }

    /// Serves who is inside, finishes the queued work, and closes.
    ///
    /// # Errors
    ///
    /// If the server had stopped on its own before.
    pub async fn stop(self) -> io::Result<()> {
        PHASE.set(Phase::Closing);
        self.reports.stop().await;
        // The server may be gone already; what it has to say comes out below.
        let _ = self.close.send(());
        let served = self.server.await.map_err(io::Error::other)?;
        // The last sender of tasks went with the server, so the worker ends when its queue is empty.
        self.worker.await.map_err(io::Error::other)?;
        self.store.close().await;
        // Waits for scrapes under way, so not on the runtime.
        tokio::task::spawn_blocking(|| self.exporter.stop()).await.map_err(io::Error::other)?;
        served
    }
}
