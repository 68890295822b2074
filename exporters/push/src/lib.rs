//! How do the metrics of a job get to Prometheus, when the job ends before anybody scrapes it? It leaves them at a
//! [Pushgateway](https://github.com/prometheus/pushgateway) (version 1), which Prometheus scrapes in its place, or writes them
//! into a database itself, by [Remote Write](#remote-write).
//!
//! ```toml
//! [dependencies]
//! tallymark = "0.1"
//! tallymark-push = "0.1"
//! ```
//!
//! ```no_run
//! use tallymark::{Counter, metric};
//!
//! /// Lines imported.
//! #[metric(namespace = "import")]
//! static LINES_IMPORTED_TOTAL: Counter = Counter::new();
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let _push = tallymark_push::builder("gateway:9091", "nightly_import").build()?.on_exit();
//!     LINES_IMPORTED_TOTAL.inc_by(1000);
//!     Ok(())
//! }
//! ```
//!
//! The [`Guard`] pushes whatever way `main` is left. [`Gateway::push`], [`Gateway::add`] and [`Gateway::delete`] are the
//! single requests, to be awaited in async code, by any executor, or [waited for](Pending::wait) without one:
//!
//! ```no_run
//! # async fn job() -> Result<(), Box<dyn std::error::Error>> {
//! let gateway =
//!     tallymark_push::builder("gateway:9091/pushed", "nightly_import").grouping("shop", "main").build()?;
//! gateway.push().await?;
//! # Ok(())
//! # }
//! # fn plain(gateway: tallymark_push::Gateway) -> Result<(), tallymark_push::PushError> {
//! gateway.push().wait()?;
//! # Ok(())
//! # }
//! ```
//!
//! What is pushed is what a scrape would show, in the text format 0.0.4 or in [protobuf](Builder::protobuf): all metrics of
//! the program, with those of the process and of `prometheus::default_registry()`. https takes the feature `tls`,
//! `Builder::gzip` the feature `gzip`, and `remote_write` the feature `remote-write`.
//!
//! # Groups
//!
//! The job and the labels given to [`Builder::grouping`] name a group. [`Gateway::push`] replaces all of it, and the
//! gateway keeps it until it is replaced or [deleted](Gateway::delete), long after the job has ended. A label such as a
//! process id makes a group for every run, which nobody deletes.
//!
//! # Remote Write
//!
//! With the feature `remote-write`, a service or a job writes its metrics into a database: into a Prometheus (with
//! `--web.enable-remote-write-receiver`), Mimir, Thanos or Cortex, where it cannot be reached to be scraped.
//!
//! ```toml
//! tallymark-push = { version = "0.1", features = ["remote-write"] }
//! ```
//!
//! `tallymark_push::remote_write(url)` begins its settings, and a guard in `main` keeps it going, as `examples/remote_write.rs`
//! shows.
//!
//! It speaks Remote Write 2.0, with native histograms, metadata, start timestamps and exemplars, and 1.0 with receivers that
//! do not know 2.0. A thread reads all metrics at intervals, another one sends them; what counts never waits for either.
//!
//! | the receiver | what follows |
//! |---|---|
//! | responds with 2xx | what its `X-Prometheus-Remote-Write-*-Written` headers leave out is counted as `rejected` |
//! | responds with 429 or 5xx, or not at all | the request is sent again, after a pause that doubles or that `Retry-After` asks for |
//! | responds with 415, or with 2xx and none of these headers | the request is sent in 1.0, as are all that follow |
//! | responds with another status | the request is dropped, `refused` or in part `rejected`, and reported |
//! | is away for so long that the queue is full | the oldest requests are dropped, as `queue_full` |
//!
//! Series that are removed, and all of them when the program ends, are marked as ended, as the protocol demands.
//! The guard writes a last time when it is dropped, for a bounded time. Names and labels are those of a scrape by Prometheus 3.
//! A histogram with native buckets and bounds is written with both.
//!
//! | family | |
//! |---|---|
//! | `tallymark_remote_write_written_total{element}` | what was written: each `sample`, `histogram` and `exemplar` |
//! | `tallymark_remote_write_dropped_total{element,reason}` | what never was: `queue_full`, `rejected`, `refused`, `too_large` or `shutdown` |
//! | `tallymark_remote_write_requests_total{result}` | requests: `written`, `partial`, `unsupported`, `refused`, `unavailable` or `unreachable` |
//! | `tallymark_remote_write_request_duration_seconds` | how long they took |
//! | `tallymark_remote_write_queue_bytes` | memory of the requests that wait |
//! | `tallymark_remote_write_restarts_total` | threads that began anew after a panic |
//!
//! # Limits
//!
//! - What Remote Write has not written when the program is killed is lost: the queue is in memory.
//! - A program that writes by itself has no series `up`, so an alert for its absence looks for `absent()` or for the age of what
//!   it has written.
//! - Two programs that push one group at the same time replace each other's metrics: the one whose push arrives last is
//!   seen, and nothing is added up. Give each a label of its own, or let one of them push.
//! - A push that fails is not tried again. The metrics are still there, so pushing again is all it takes.
//! - A service that goes on running is better scraped (see `tallymark::exporter`): then Prometheus knows whether
//!   it is up.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod body;
mod builder;
mod connect;
mod credentials;
mod error;
mod exchange;
mod gateway;
mod grouping;
mod guard;
mod local;
mod message;
mod payload;
mod pending;
#[cfg(feature = "remote-write")]
mod remote;
mod stream;
mod target;
#[cfg(feature = "tls")]
mod tls;
#[cfg(not(all(feature = "gzip", feature = "remote-write", feature = "tls")))]
mod without;

#[cfg(feature = "remote-write")]
#[cfg_attr(docsrs, doc(cfg(feature = "remote-write")))]
pub use self::remote::{RemoteWriteBuilder, RemoteWriteGuard, RemoteWriteProtocol};
#[cfg(not(feature = "remote-write"))]
#[doc(hidden)]
pub use self::without::remote_write;
pub use self::{
    builder::Builder,
    error::{BuildError, PushError},
    gateway::Gateway,
    guard::Guard,
    local::local_ip,
    pending::Pending,
};

/// Settings of pushes to a gateway, for a job: to be changed and then [built](Builder::build).
///
/// The URL is `host:port`, or with a scheme and a path before that of the API, such as `https://host/pushgateway`.
pub fn builder(url: impl Into<String>, job: impl Into<String>) -> Builder {
    Builder::new(url.into(), job.into())
}

/// Settings of Remote Write to a receiver, for a service or a job: to be changed and then [started](RemoteWriteBuilder::start).
///
/// The URL is the receiver's whole one, such as `http://prometheus:9090/api/v1/write`.
///
/// ```no_run
/// use std::time::Duration;
/// use tallymark::{Counter, metric};
///
/// /// Orders created.
/// #[metric]
/// static ORDERS_CREATED_TOTAL: Counter = Counter::new();
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let _write = tallymark_push::remote_write("http://prometheus:9090/api/v1/write")
///         .external_label("job", "shop")
///         .external_label("instance", "shop-1")
///         .interval(Duration::from_secs(15))
///         .start()?;
///     ORDERS_CREATED_TOTAL.inc();
///     Ok(())
/// }
/// ```
#[cfg(feature = "remote-write")]
#[cfg_attr(docsrs, doc(cfg(feature = "remote-write")))]
pub fn remote_write(url: impl Into<String>) -> RemoteWriteBuilder {
    RemoteWriteBuilder::new(url.into())
}
