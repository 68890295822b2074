//! # How do the services that I call behave?
//!
//! For [`reqwest`] 0.13: how many requests a program sends, how long they take and how they fail, by host and by route
//! template, from an [`InstrumentedClient`] around reqwest's client:
//!
//! ```toml
//! [dependencies]
//! reqwest = "0.13"
//! tallymark = "0.1"
//! tallymark-reqwest = "0.1"
//! tokio = { version = "1", features = ["full"] }
//! ```
//!
//! ```rust
//! use std::{
//!     io::{Read, Write},
//!     net::TcpListener,
//!     thread,
//! };
//!
//! use tallymark_reqwest::InstrumentedClient;
//!
//! /// In the place of a service that is called: sends one response.
//! fn serve(listener: TcpListener) -> std::io::Result<()> {
//!     let (mut stream, _) = listener.accept()?;
//!     let _ = stream.read(&mut [0; 1024])?;
//!     stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nan item")
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let listener = TcpListener::bind("127.0.0.1:0")?;
//!     let address = listener.local_addr()?;
//!     let service = thread::spawn(|| serve(listener));
//!
//!     let client = InstrumentedClient::new(reqwest::Client::new())?;
//!     let response = client.get(format!("http://{address}/items/7")).route("/items/{id}").send().await?;
//!     assert_eq!(response.text().await?, "an item");
//!     service.join().expect("it does not panic")?;
//!
//!     let labels = [("method", "GET"), ("host", "127.0.0.1"), ("route", "/items/{id}"), ("status", "200")];
//!     let snapshot = tallymark::registry::snapshot();
//!     assert_eq!(snapshot.counter("http_client_requests_total", &labels), Some(1));
//!     Ok(())
//! }
//! ```
//!
//! The methods are those of reqwest's client. Those that reqwest has with its features `form`, `json`, `multipart` and `query`
//! need the features of these names here, too: `tallymark-reqwest = { version = "0.1", features = ["json"] }`. What else a
//! request needs is set by [`map`](InstrumentedRequest::map).
//!
//! # What is measured?
//!
//! | family | labels | |
//! |---|---|---|
//! | `http_client_requests_total` | `method`, `host`, `route`, `status` | requests, when there is the head of a response or there will be none |
//! | `http_client_request_duration_seconds` | `method`, `host`, `route` | time until then, redirects included |
//! | `http_client_errors_total` | `host`, `route`, `error` | requests without a response, whose status is `none` |
//! | `http_client_requests_in_flight` | `host` | requests that wait for the head of their response |
//!
//! These are the families of [`tallymark_http`](tallymark_http#requests-that-the-program-sends), so clients of both kinds count
//! together. Names, buckets and limits are those of a [`ClientBuilder`], see [`InstrumentedClient::with`].
//!
//! # What counts as what?
//!
//! | outcome | `status` | `error` |
//! |---|---|---|
//! | a response, whatever its status | its status | |
//! | a timeout, that of a connection included | `none` | `timeout` |
//! | no connection: refused, no such name, no TLS | `none` | `connect` |
//! | too many redirects, or one that the policy refuses | `none` | `redirect` |
//! | an address that reqwest cannot send to, such as `ftp:` | `none` | `builder` |
//! | a connection that broke, a response that is not HTTP | `none` | `request` |
//! | the future was dropped | `none` | `cancelled` |
//!
//! - **A request is counted once**, also if reqwest follows redirects or tries again: with the status of the last response, under
//!   the method and host that it was sent to first. Which redirects are followed, reqwest's policy decides; one that is not
//!   is the response, under its own status.
//! - **The route is a text of the program's**, that of [`route`](InstrumentedRequest::route), or `unmatched`. The path is never
//!   a label.
//! - A request that could not be built, because its URL or a header is invalid, was not sent and is not counted.
//!
//! # Why a wrapper?
//!
//! A layer that is given to reqwest's `ClientBuilder::connector_layer` sees connections, not requests. Middleware of
//! `reqwest-middleware` sees requests, but brings its own client, errors and dependencies. The wrapper depends on reqwest and on
//! `tallymark-http`, and returns reqwest's own responses and errors.
//!
//! # Errors
//!
//! [`InstrumentedClient::new`] returns a [`BuildError`] if a family cannot be declared. Errors of requests come back as they
//! are.
//!
//! # Limits
//!
//! - Reading the body of a response is not part of the request: a body that breaks, or whose time runs out, is not counted.
//! - `reqwest::blocking` has no wrapper: [`ClientMetrics::start`] measures its requests by hand. Neither has WebAssembly.
//! - Rust 1.85 or newer, as reqwest 0.13.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod client;
mod error;
mod request;
mod without;

pub use self::{client::InstrumentedClient, request::InstrumentedRequest};
#[doc(no_inline)]
pub use tallymark_http::{BuildError, ClientBuilder, ClientMetrics};

/// Returns settings of the families, to be changed, [built](ClientBuilder::build) and given to [`InstrumentedClient::with`].
pub fn builder() -> ClientBuilder {
    tallymark_http::client_builder()
}
