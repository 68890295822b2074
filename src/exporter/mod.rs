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
//! application's runtime is stalled. [`builder`] has the settings. An application that would rather answer scrapes from
//! its own HTTP server mounts [`service`], or calls [`encode_to_string`](crate::encode_to_string) and [`negotiate`].
//!
//! # What is answered
//!
//! | request | answer |
//! |---|---|
//! | `GET` of the path | 200 with all metrics, in the format that `Accept` asks for (see [`negotiate`]) |
//! | `HEAD` of the path | the same headers without the body |
//! | `OPTIONS` of the path, `OPTIONS *` | 204 with `Allow` |
//! | another method | 405 with `Allow` |
//! | another path, one with a trailing slash too | 404 with a line that names the path |
//! | a head of more than 16 KiB or 100 fields | 431 |
//!
//! A query is ignored. Every answer carries `Cache-Control: no-store`. A scrape of up to 256 KiB has a
//! `Content-Length`; a larger one is encoded piece by piece as it is sent, in chunked transfer coding. A connection
//! serves one request after the other until the client closes it, is idle for too long or stops reading. At 512
//! connections, further ones wait until one of them ends.
//!
//! # Several scrapers
//!
//! A scrape that arrives while another of the same format is being encoded, and before what was encoded first has been
//! sent to everybody, joins it: both get the same text, and it is encoded once. What is in the text may then be as old as
//! the scrape that was joined, and its first bytes at most a second. Nothing is kept when a scrape is over.
//!
//! Of a large scrape, 8 MiB are held for the slower readers. Beyond that the others wait for the slowest, for one second
//! in sum; then its connection is closed before the end of the response. Scrapes by HTTP/1.0, whose clients could not
//! tell that from the end, share nothing.
//!
//! # What the endpoint does not do
//!
//! It listens on the loopback interface unless told otherwise. It has neither encryption nor authentication, so what
//! can reach its address can read the metrics.

mod body;
mod builder;
mod endpoint;
mod error;
mod handle;
mod negotiate;
mod server;
mod service;
mod shared;
mod stream;
mod timer;
mod work;

use std::{fmt::Debug, net::ToSocketAddrs};

pub use self::{
    body::Body,
    builder::Builder,
    error::ServeError,
    handle::Exporter,
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
