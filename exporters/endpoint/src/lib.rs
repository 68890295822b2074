//! How does Prometheus read the metrics of a program? From the `/metrics` endpoint that this package serves.
//!
//! ```toml
//! [dependencies]
//! tallymark = "0.1"
//! ```
//!
//! ```
//! use tallymark::{Counter, exporter, metric};
//!
//! /// Orders created.
//! #[metric(namespace = "shop")]
//! static ORDERS_CREATED_TOTAL: Counter = Counter::new();
//!
//! fn main() -> Result<(), exporter::ServeError> {
//!     let exporter = exporter::serve("127.0.0.1:0")?;
//!     println!("metrics at http://{}/metrics", exporter.local_addr());
//!     ORDERS_CREATED_TOTAL.inc();
//!     Ok(())
//! }
//! ```
//!
//! Applications use it as `tallymark::exporter`: the feature `exporter` of `tallymark`, which is on by default, brings it in,
//! and its features `live`, `tls`, `gzip` and `zstd` turn on those of this package.
//!
//! [`serve`] listens on an address and serves scrapes from a thread of its own, with a runtime of its own. So the
//! application needs no runtime, and metrics can be read while the application's is stalled. [`builder`] has the settings,
//! which [`Builder::from_env`] reads from the environment. An application that would rather serve scrapes from its own HTTP
//! server mounts [`service`], a tower service for `http` 1, or calls
//! [`encode_to_string`](tallymark_core::registry::encode_to_string) and [`negotiate`]. [`Builder::registry`] serves a
//! [`Registry`](tallymark_core::registry::Registry) beside the program's by itself.
//!
//! # Responses
//!
//! | request | response |
//! |---|---|
//! | from an address that is not [allowed](Builder::allow) | 403 |
//! | without the credentials that are asked for ([token](Builder::bearer_token), [password](Builder::basic_auth)) | 401 with `WWW-Authenticate` |
//! | `GET` of the path | 200 with all metrics, in the format that `Accept` asks for (see [`negotiate`]) |
//! | `GET` of the path with `?name[]=…`, once or several times | 200 with the metrics of these names |
//! | `GET` of `/` | 200 with a page that says what is here |
//! | `GET` of `/live` and below (feature `live`) | 200 with the [live page](#live-page), its files and data |
//! | `HEAD` of these paths | the same headers without the body |
//! | `OPTIONS` of these paths, `OPTIONS *` | 204 with `Allow` |
//! | another method | 405 with `Allow` |
//! | another path, also one with a trailing slash | 404 with a line that names the path |
//! | an `Accept-Encoding` that excludes every coding there is, as `identity;q=0` alone does | 406 |
//! | while [16 scrapes](Builder::max_scrapes) are under way, after [too long](Builder::request_timeout), or if encoding fails | 503 with `Retry-After` |
//! | a head of more than 16 KiB or 100 fields | 431 |
//!
//! The first row that fits counts. With the features `gzip` and `zstd`, responses are compressed for clients that accept it.
//! Other parameters of a query are ignored. Every response carries `Cache-Control: no-store`. A scrape of up to 256 KiB, as
//! it is sent, has a `Content-Length`; a larger one is encoded piece by piece as it is sent, in chunked transfer coding.
//!
//! A response contains whatever was counted before the scrape arrived, however many others are under way: a test that counts
//! something and then scrapes finds it. (What [collectors](tallymark_core::registry::Collector) hand over may be shared by
//! scrapes that overlap, if the collector is slow; see there.)
//!
//! # Who may read
//!
//! The endpoint listens on the loopback interface unless told otherwise, and what can reach its address can read the
//! metrics unless it is guarded: by a token or password, by addresses, and with the feature `tls` by encryption and client
//! certificates. One that other machines can reach and that has no guard says so, once on the standard error and as
//! [`Exporter::warnings`]. Tokens and passwords travel as they are, so over a network that others can listen to they need
//! TLS. Files with tokens, passwords and certificates are read again when they change.
//!
//! # Live page
//!
//! The feature `live` adds a page at `/live` for people: `cargo add tallymark --features live`, and open it in a browser. It
//! shows the panels of `tallymark-panels`, which are those of the Grafana dashboards: rates, quantiles, heatmaps with their
//! counts, states, what is in flight; a section for each layer, and one for the application's own metrics. All metrics can be
//! searched by name, help, label and file, and each has its panels, its place in the source and the PromQL to copy.
//! Exemplars, the number of series by metric and label, and the findings of the doctor are sections of their own. `?` lists the
//! keys.
//!
//! The endpoint samples the metrics every 5 seconds from its own thread, keeps 15 minutes, and evaluates what somebody looks at:
//! once for each sample, however many pages are open, and as a Prometheus server evaluates the same queries. Samples and what is
//! computed from them take at most 16 MiB; beyond that, the oldest are removed. [`Builder::live`] changes all that or leaves the
//! page out. `/live/export` is what is kept, as OpenMetrics with timestamps.
//!
//! The page has the guards of the metrics. Where the endpoint asks for a token, a browser asks for a name and a password: the
//! token is the password, with any name. All of it is in the program, less than 20 KiB compressed, and its `Content-Security-Policy` lets it load
//! nothing from anywhere else.
//!
//! # What is measured
//!
//! | family | type | counts |
//! |---|---|---|
//! | `tallymark_scrapes_refused_total{reason}` | counter | requests that did not get the metrics, or not all of them |
//! | `tallymark_file_reload_errors_total{file}` | counter | changed files that could not be used: `token`, `users`, `certificate` |
//!
//! | `reason` | |
//! |---|---|
//! | `address`, `credentials` | 403 and 401 |
//! | `encoding` | 406 |
//! | `busy` | 503, because of [`max_scrapes`](Builder::max_scrapes) |
//! | `timeout` | [`request_timeout`](Builder::request_timeout) has passed: 503, or a response that was cut off |
//! | `incomplete` | the connection ended before the last byte of a scrape: the client has left or [stopped reading](Builder::write_timeout), or the endpoint was stopped |
//! | `failed` | 503, because the metrics could not be encoded or compressed |
//! | `tls` | a TLS handshake that failed |
//!
//! # Limits
//!
//! - HTTP/1.1 and 1.0. A client of HTTP/1.0 cannot tell a response of more than 256 KiB that was cut off from a whole one.
//! - 512 connections ([`max_connections`](Builder::max_connections)). For a further one, the longest idle one is closed.
//! - A connection serves one request after the other until the client closes it, is idle for
//!   [75 seconds](Builder::read_timeout) or reads nothing for [30 seconds](Builder::write_timeout).
//! - Four scrapes are encoded at a time; further ones wait for a thread.
//! - A scrape whose client does not read holds about a MiB if it is not compressed, in any format and however many series there
//!   are. 512 clients that never read hold 16 MiB, until the [write timeout](Builder::write_timeout).
//! - The live page shows this process only, and forgets when it ends. It shows the 12 lines of a query that have the greatest
//!   values.
//! - Rust 1.85 or newer.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod body;
mod builder;
mod coding;
mod encoding;
mod error;
mod file;
mod guard;
mod handle;
mod limit;
mod listen;
#[cfg(feature = "live")]
mod live;
mod negotiate;
mod page;
mod progress;
mod query;
mod refusal;
mod response;
mod router;
mod server;
mod service;
mod session;
mod settings;
mod source;
mod start;
mod stream;
mod timer;
#[cfg(feature = "tls")]
mod tls;

use std::{fmt::Debug, net::ToSocketAddrs};

#[cfg(feature = "live")]
pub use self::live::Live;

pub use self::{
    body::Body,
    builder::{Builder, EnvironmentError},
    error::ServeError,
    file::FileError,
    guard::NetworkError,
    handle::{Exporter, Warning},
    listen::{Endpoint, Listen, ListenError},
    negotiate::negotiate,
    service::{MetricsService, ResponseFuture, service},
};

/// Serves metrics at `/metrics` on an address, with the defaults of [`builder`] for everything else.
///
/// # Errors
///
/// See [`ServeError`].
pub fn serve(address: impl ToSocketAddrs + Debug) -> Result<Exporter, ServeError> {
    builder().address(address).serve()
}

/// Settings of the endpoint, to be changed and then [served](Builder::serve).
///
/// Without changes: `http://127.0.0.1:9464/metrics`.
pub fn builder() -> Builder {
    Builder::new()
}
