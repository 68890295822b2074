//! How many requests are there, how long do they take, and how do they end? Measured by a tower layer: for axum, tonic,
//! hyper, warp and everything else that is a tower service; and by [middleware](actix) for actix-web.
//!
//! With axum it is one line at the end of the router. It measures every route, and serves `/metrics`:
//!
//! ```
//! # #[cfg(feature = "axum")]
//! # fn main() -> Result<(), tallymark::http::BuildError> {
//! use axum::{Router, routing::get};
//! use tallymark::http::axum::RouterExt;
//!
//! let app: Router = Router::new().route("/orders/{id}", get(async || "an order")).with_metrics()?;
//! # let _ = app;
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "axum"))]
//! # fn main() {}
//! ```
//!
//! With other services it is a layer around everything else. Settings are those of a [`Builder`]:
//!
//! ```
//! use std::convert::Infallible;
//!
//! use http::{Request, Response};
//! use http_body_util::Full;
//! use tallymark::http::{self as metrics, RequestBody};
//! use tower::{Layer, ServiceExt, service_fn};
//! # type Bytes = bytes::Bytes;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let handler = service_fn(async |_: Request<RequestBody<Full<Bytes>>>| {
//!     Ok::<_, Infallible>(Response::new(Full::<Bytes>::from("hello")))
//! });
//! let metrics = metrics::builder().namespace("shop").routes(["/orders"]).build()?;
//! let service = metrics.layer().layer(handler);
//!
//! service.oneshot(Request::get("/orders").body(Full::default())?).await?;
//! let labels = [("method", "GET"), ("route", "/orders"), ("status", "200")];
//! assert_eq!(tallymark::registry::snapshot().counter("shop_http_requests_total", &labels), Some(1));
//! # Ok(())
//! # }
//! ```
//!
//! # What is measured
//!
//! | family | labels | |
//! |---|---|---|
//! | `http_requests_received_total` | `transport` | requests, when they arrive; see [`TransportRule`] |
//! | `http_requests_total` | `method`, `route`, `status` | requests, when there is the head of a response or there will be none |
//! | `http_request_duration_seconds` | `method`, `route` | time from arrival until then, with all middleware inside the layer |
//! | `http_handler_duration_seconds` | `method`, `route` | time that handlers took; needs the [layer at the handlers](HttpMetrics::handler_layer) |
//! | `http_requests_in_flight` | `method` | requests whose response is not sent to its end |
//! | `http_request_body_bytes` | | bytes of a request's body that were read, when it is dropped |
//! | `http_response_body_bytes` | | bytes of a response's body, when it ended or was dropped |
//! | `http_requests_cancelled_total` | `method`, `route` | requests given up before there was a response |
//! | `http_response_bodies_dropped_total` | `method`, `route` | responses given up before the end of their body |
//! | `http_exceptions_total` | `route`, `error` | errors with an [`ErrorLabel`], and `panic`, `service` (an error instead of a response), `body` (a body that failed) |
//! | `http_streaming_responses_total` | `method`, `route` | responses whose length was not known when they began |
//! | `http_request_db_queries` | | statements that a request executed; with the feature `db`, whose `db::RequestScope` it enters |
//! | `grpc_requests_total` | `route`, `grpc_status` | gRPC calls by [`GrpcStatus`], when their trailers were sent |
//!
//! All have the namespace and the labels of the [`Builder`]. [`Naming::Django`](crate::Naming::Django) gives the nineteen
//! families of django-prometheus instead, under their exact names; [`Family`] says which is which.
//!
//! # What can be relied on
//!
//! - Each request is counted once in `http_requests_total` and once in `http_request_duration_seconds`, whatever
//!   happens to it. One that ends without a response, because it was cancelled, panicked or failed, has the status `none`.
//! - A `route` is a template that the program wrote down, never a path from a client: axum's `MatchedPath`, or what
//!   [`routes`](Builder::routes) and [`route_by`](Builder::route_by) say. A request that none took is `unmatched`, and so are those to a service under
//!   axum's `nest_service`, whose template axum shows nobody. A method outside the [known ones](Method) is `other`.
//! - Nothing a client sends makes a request fail that would not have failed anyway, and bodies pass unchanged.
//! - A panic is counted where it is seen first: at the handlers if there is a layer, else where it leaves the service. A
//!   layer in between that turns panics into responses hides them from the layer outside, unless it puts
//!   [`ErrorLabel::PANIC`] into them.
//! - A request that was measured allocates nothing, once its route, method and status were seen. (A change of the type of a
//!   body makes axum box that body: that of a response, and that of a request if it has one and came through
//!   [`axum::layer`] or [`axum::Install`].)
//!
//! # What it costs
//!
//! Series: for each route and method that is used, one histogram, another with a layer at the handlers, and one counter for each status that
//! it answers with. Time: the scenarios `http_service` and `http_axum` of `benches/` print it.
//!
//! # What it knows of the other layers
//!
//! Only what they publish, each in one place: with the feature `db` a `db::RequestScope` is entered around each request, so
//! that statements know theirs, and with `axum` the `exporter::service` is put on a route. Neither of them knows this layer.

// Handles go from a table to an addition in a few instructions, and what is moved on the way is not to be moved through a
// call: the compiler's own guess was measured to be slower.
#![allow(clippy::inline_always)]

#[cfg(feature = "actix-web")]
pub mod actix;
#[cfg(feature = "axum")]
pub mod axum;

mod body;
mod builder;
mod core;
mod current;
mod error;
mod families;
mod head;
mod hyperdjango;
mod label;
mod observation;
mod record;
mod route;
mod scope;
mod tower;
mod transport;
mod working;

pub use self::{
    body::{RequestBody, ResponseBody},
    builder::Builder,
    error::BuildError,
    families::Family,
    head::{RequestHead, ResponseHead},
    label::{ErrorLabel, GrpcStatus, Method, TemplateName},
    tower::{
        Counted, Declared, HandlerLayer, HandlerService, HttpLayer, HttpMetrics, HttpService, RequestBodies,
        ResponseFuture,
    },
    transport::{Transport, TransportRule},
    working::HandlerFuture,
};

/// Settings of the layer, to be changed and then [built](Builder::build).
pub fn builder() -> Builder {
    Builder::default()
}
