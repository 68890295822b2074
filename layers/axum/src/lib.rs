//! How many requests does my axum service get, how long do they take, and how do they end? One line at the end of the
//! router measures every route of axum 0.8 and serves `/metrics`.
//!
//! ```toml
//! [dependencies]
//! tallymark = "0.1"
//! tallymark-axum = "0.1"
//! axum = "0.8"
//! tokio = { version = "1", features = ["full"] }
//! ```
//!
//! ```rust
//! use axum::{Router, routing::get};
//! use tallymark_axum::RouterExt;
//! use tokio::{
//!     io::{AsyncReadExt, AsyncWriteExt},
//!     net::{TcpListener, TcpStream},
//! };
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let app = Router::new().route("/orders/{id}", get(async || "an order")).with_metrics()?;
//!     let listener = TcpListener::bind("127.0.0.1:0").await?;
//!     let address = listener.local_addr()?;
//!     tokio::spawn(async { axum::serve(listener, app).await });
//!
//!     // A client.
//!     let mut client = TcpStream::connect(address).await?;
//!     client.write_all(b"GET /orders/7 HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n").await?;
//!     let mut response = String::new();
//!     client.read_to_string(&mut response).await?;
//!     assert!(response.ends_with("an order"));
//!
//!     let labels = [("method", "GET"), ("route", "/orders/{id}"), ("status", "200")];
//!     assert_eq!(tallymark::registry::snapshot().counter("http_requests_total", &labels), Some(1));
//!     Ok(())
//! }
//! ```
//!
//! [`Install`] has settings for where the layers and the route go, and [`builder`] those of the families.
//!
//! # What is measured
//!
//! The families of [`tallymark_http`](tallymark_http#what-is-measured), with all that can be relied on there. The `route` is
//! axum's `MatchedPath`.
//!
//! An error of a handler has a label if its response has one, which is an extension of it:
//!
//! ```
//! use axum::{Extension, http::StatusCode, response::{IntoResponse, Response}};
//! use tallymark::LabelValue;
//! use tallymark_axum::ErrorLabel;
//!
//! #[derive(LabelValue)]
//! enum OrderError {
//!     OutOfStock,
//! }
//!
//! impl IntoResponse for OrderError {
//!     fn into_response(self) -> Response {
//!         (StatusCode::CONFLICT, Extension(ErrorLabel::of(&self)), "sold out").into_response()
//!     }
//! }
//! # let _ = OrderError::OutOfStock.into_response();
//! ```
//!
//! # Nested routers
//!
//! [`with_metrics`](RouterExt::with_metrics) on a router that is nested in one that has it counts each request once. A
//! service under `nest_service` is `unmatched` for the router around it, since axum keeps its template to itself; if it is a
//! router with layers of its own, these tell the route.
//!
//! # Errors
//!
//! See [`BuildError`]. axum panics if two routes have one path, that of the metrics included.
//!
//! # Limits
//!
//! - axum boxes a body whose type changes: that of each response, and that of a request if it has one.
//! - What is added to a router after `with_metrics` is not measured.
//! - [Those of the layer](tallymark_http#limits).

#![cfg_attr(docsrs, feature(doc_cfg))]

mod bodies;
mod endpoint;
mod install;

pub use self::{
    bodies::{AxumRequests, builder, handler_layer, layer},
    install::{Install, RouterExt},
};
pub use tallymark_exporter as exporter;
pub use tallymark_http::{
    BuildError, Builder, ErrorLabel, HandlerLayer, HttpFamily, HttpLayer, HttpMetrics, MethodLabel,
    RequestHead, ResponseHead, Slo, TemplateName, Transport, TransportRule,
};
