//! The `/metrics` endpoint.
//!
//! [`serve`] listens on an address and answers scrapes from a thread of its own:
//!
//! ```
//! let exporter = tallymark::exporter::serve("127.0.0.1:0")?;
//! println!("metrics at http://{}/metrics", exporter.local_addr());
//! # Ok::<(), tallymark::exporter::ServeError>(())
//! ```
//!
//! The thread has a runtime of its own, so the application needs none, and metrics are to be had when the
//! application's runtime is stalled. [`builder`] has the settings, which [`Builder::from_env`] reads from the
//! environment. An application that would rather answer scrapes from its own HTTP server mounts [`service`], or calls
//! [`encode_to_string`](crate::encode_to_string) and [`negotiate`].
//!
//! # What is answered
//!
//! | request | answer |
//! |---|---|
//! | from an address that is not [allowed](Builder::allow) | 403 |
//! | without the credentials that are asked for ([token](Builder::bearer_token), [password](Builder::basic_auth)) | 401 with `WWW-Authenticate` |
//! | `GET` of the path | 200 with all metrics, in the format that `Accept` asks for (see [`negotiate`]) |
//! | `GET` of the path with `?name[]=…`, once or several times | 200 with the metrics of these names |
//! | `HEAD` of the path | the same headers without the body |
//! | `OPTIONS` of the path, `OPTIONS *` | 204 with `Allow` |
//! | another method | 405 with `Allow` |
//! | another path, one with a trailing slash too | 404 with a line that names the path |
//! | an `Accept-Encoding` that excludes every coding there is, as `identity;q=0` alone does | 406 |
//! | while [as many scrapes](Builder::max_scrapes) as may be are under way, or after [too long](Builder::request_timeout) | 503 with `Retry-After` |
//! | a head of more than 16 KiB or 100 fields | 431 |
//!
//! The first row that fits counts. With the features `gzip` and `zstd`, answers are compressed for clients that accept it.
//! Other parameters of a query are ignored. Every answer carries `Cache-Control: no-store`. A scrape of up to 256 KiB, as
//! it is sent, has a `Content-Length`; a larger one is encoded piece by piece as it is sent, in chunked transfer coding. A
//! connection serves one request after the other until the client closes it, is idle for too long or stops reading. At 512
//! connections ([`max_connections`](Builder::max_connections)), further ones wait until one of them ends.
//!
//! # Several scrapers
//!
//! An answer contains whatever was counted before the scrape arrived, however many others are under way: a test that
//! counts something and then scrapes finds it. Scrapes that ask for the same are still encoded and compressed once for all
//! that arrive together, and those get the same bytes. One that arrives while another is being encoded waits until that is
//! done, for a tenth of a second at the most, and is then encoded together with all others that have arrived meanwhile.
//! Nothing is kept when a scrape is over.
//!
//! The same holds for what [collectors](crate::registry::Collector) hand over, unless they are slow: scrapes that overlap
//! share one run of a collector that takes longer than an eighth of the
//! [deadline](crate::registry::Config::collector_deadline).
//!
//! Of a large scrape, 8 MiB are held for the slower readers. Beyond that the others wait for the slowest, for one second
//! in sum; then its connection is closed before the end of the response. Scrapes by HTTP/1.0, whose clients could not
//! tell that from the end, share nothing.
//!
//! # Who may read
//!
//! The endpoint listens on the loopback interface unless told otherwise, and what can reach its address can read the
//! metrics unless it is guarded: by a token or password, by addresses, and with the feature `tls` by encryption and client
//! certificates. One that other machines can reach and that nothing guards says so, once on the standard error and as
//! [`Exporter::warnings`]. Tokens and passwords travel as they are, so over a network that others can listen to they need
//! TLS. Files with tokens, passwords and certificates are read again when they change.
//!
//! Two metrics tell of it:
//!
//! | metric | counts |
//! |---|---|
//! | `tallymark_scrapes_refused_total{reason}` | requests without an answer: `address`, `credentials`, `encoding`, `busy`, `timeout`, `tls` (a handshake that failed) |
//! | `tallymark_file_reload_errors_total{file}` | changed files that could not be used: `token`, `users`, `certificate` |

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
mod negotiate;
mod progress;
mod query;
mod refusal;
mod rules;
mod server;
mod service;
mod session;
mod settings;
mod start;
mod stream;
mod timer;
#[cfg(feature = "tls")]
mod tls;

use std::{fmt::Debug, net::ToSocketAddrs};

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
