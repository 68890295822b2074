//! How many requests does my service get, how long do they take, and how do they end? For everything that is a service
//! of tower 0.5: hyper 1, tonic 0.14, warp 0.4 and others. `tallymark-axum` and `tallymark-actix-web` have the same
//! families for their frameworks.
//!
//! ```toml
//! [dependencies]
//! tallymark = "0.1"
//! tallymark-http = "0.1"
//! bytes = "1"
//! http = "1"
//! http-body-util = "0.1"
//! tokio = { version = "1", features = ["full"] }
//! tower = { version = "0.5", features = ["util"] }
//! ```
//!
//! ```rust
//! use std::convert::Infallible;
//!
//! use bytes::Bytes;
//! use http::{Request, Response};
//! use http_body_util::{BodyExt, Full};
//! use tallymark_http::RequestBody;
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! async fn order(_: Request<RequestBody<Full<Bytes>>>) -> Result<Response<Full<Bytes>>, Infallible> {
//!     Ok(Response::new(Full::from("an order")))
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let metrics = tallymark_http::builder().namespace("shop").routes(["/orders"]).build()?;
//!     // Around everything else, so that middleware is measured, too.
//!     let service = metrics.layer().layer(service_fn(order));
//!
//!     // A server calls it like this for each request.
//!     let response = service.oneshot(Request::get("/orders").body(Full::default())?).await?;
//!     assert_eq!(response.into_body().collect().await?.to_bytes(), "an order");
//!
//!     let labels = [("method", "GET"), ("route", "/orders"), ("status", "200")];
//!     let snapshot = tallymark::registry::snapshot();
//!     assert_eq!(snapshot.counter("shop_http_requests_total", &labels), Some(1));
//!     Ok(())
//! }
//! ```
//!
//! Settings are those of a [`Builder`]. With tonic the layer is given to the server
//! (`Server::builder().layer(metrics.layer())`), and [`routes`](Builder::routes) lists the paths of the calls.
//!
//! # What is measured
//!
//! | family | labels | |
//! |---|---|---|
//! | `http_requests_received_total` | `transport` | requests, when their code first runs; see [`TransportRule`] |
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
//! | `http_request_db_queries` | | statements that a request executed; if `tallymark-db` is linked |
//! | `grpc_requests_total` | `route`, `grpc_status` | gRPC calls by [`GrpcStatus`], when their trailers were sent |
//!
//! All have the namespace and the labels of the [`Builder`]. [`Naming::Django`](tallymark_core::Naming::Django) gives the
//! nineteen families of django-prometheus 2.5 instead, under their exact names; [`HttpFamily`] says which is which.
//!
//! # What can be relied on
//!
//! - **A request is counted once**, whatever happens to it and however many layers of one namespace it passes: around the
//!   service, around a router in it, at handlers. The outermost one counts. One without a response, because it was
//!   cancelled, panicked or failed, has the status `none`. Layers of two namespaces count it once each.
//! - **The route is that of the router that took it**, even if that is behind the layer: a layer of the same namespace that is
//!   further in, or the router's own [template](Builder::template_by) in the response, tells it when the response is there.
//! - **A route is a template that the program wrote down**, never a path from a client: what [`route_by`](Builder::route_by)
//!   returns, a template, or one of [`routes`](Builder::routes). A request that none took is `unmatched`. A method outside
//!   the [known ones](MethodLabel) is `other`.
//! - **A path that no request can have is an error** of [`build`](Builder::build), which says what to write.
//! - **A length that the head declares is known.** A body of which only `Content-Length` tells the length, such as that of a
//!   file, is no stream, and is not dropped when the server has sent so many bytes. What follows a `HEAD`, a successful
//!   `CONNECT`, 1xx, 204 and 304 is no body (RFC 9110 sections 6.4.1 and 9.3.6).
//! - **Trailers win**: a gRPC call has the status in its trailers, and that of the head if they have none ("gRPC over HTTP2").
//! - **A fallback is a handler**, under the route `unmatched`. Of two layers at handlers the closer one observes.
//! - Nothing a client sends makes a request fail that would not have failed anyway, and bodies pass unchanged.
//! - A panic is counted where it is seen first: at the handlers if there is a layer, else where it leaves the service.
//! - A request that was measured allocates nothing, once its route, method and status were seen.
//!
//! # What it costs
//!
//! Series: for each route and method that is used, one histogram, another with a layer at the handlers, and one counter for
//! each status of its responses. Time: the scenarios `http_service` and `http_axum` of `benches/` print it. A request costs
//! the same with ten routes and with a hundred thousand.
//!
//! # Requests that the program sends
//!
//! How many requests do I send to others, how long do they take, and how do they fail? For every client that is a service of
//! tower 0.5, such as that of hyper-util; `tallymark-reqwest` has the same families for reqwest.
//!
//! ```rust
//! use std::io;
//!
//! use http::{Request, Response};
//! use tallymark_http::{ErrorLabel, RouteTemplate};
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! /// In the place of a client that speaks to a network.
//! async fn send(_: Request<()>) -> Result<Response<()>, io::Error> {
//!     Ok(Response::new(()))
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let metrics = tallymark_http::client_builder().namespace("shop").build()?;
//!     let layer = metrics.layer().error_by(|error: &io::Error| match error.kind() {
//!         io::ErrorKind::TimedOut => ErrorLabel::named("timeout"),
//!         _ => ErrorLabel::named("connect"),
//!     });
//!     let client = layer.layer(service_fn(send));
//!
//!     let mut request = Request::get("http://stock.example/items/7").body(())?;
//!     request.extensions_mut().insert(RouteTemplate("/items/{id}"));
//!     client.oneshot(request).await?;
//!
//!     let labels = [("method", "GET"), ("host", "stock.example"), ("route", "/items/{id}"), ("status", "200")];
//!     let snapshot = tallymark::registry::snapshot();
//!     assert_eq!(snapshot.counter("shop_http_client_requests_total", &labels), Some(1));
//!     Ok(())
//! }
//! ```
//!
//! | family | labels | |
//! |---|---|---|
//! | `http_client_requests_total` | `method`, `host`, `route`, `status` | requests, when there is the head of a response or there will be none |
//! | `http_client_request_duration_seconds` | `method`, `host`, `route` | time from the call of the client until then |
//! | `http_client_errors_total` | `host`, `route`, `error` | requests without a response: the kinds of [`error_by`](ClientLayer::error_by), else `service`; `cancelled`; `panic` |
//! | `http_client_requests_in_flight` | `host` | requests that wait for the head of their response |
//!
//! Each request is counted once; one without a response has the status `none` and is one of the errors. The route is the
//! [`RouteTemplate`] in the request's extensions, or `unmatched`: never the path. The host has no port and no letter in
//! upper case, and is `unknown` if the request names none; [`max_series`](ClientBuilder::max_series) bounds how many there
//! are. Clients that are no tower services call [`ClientMetrics::start`]. A request that is measured allocates the name of its host.
//!
//! Reading the body of a response is not part of the request. What a client does within one call, such as following
//! redirects, is one request, under the host that it was sent to first.
//!
//! Of gRPC calls the status is that of HTTP. tonic's `Channel` adds the host further in, where the layer does not see it: the
//! host is `unknown` unless the client of the service is made by `with_origin`.
//!
//! # Errors
//!
//! [`build`](Builder::build) and [`ClientBuilder::build`] fail with a [`BuildError`]. After that nothing does.
//!
//! # Limits
//!
//! - Layers know of each other within one task. If a request goes on in another one, by `tokio::spawn`, a layer there counts it
//!   as a further request. Behind a queue in the same task, such as tower's `Buffer`, it is counted once, but its body
//!   twice. A request that a handler sends to a service of the same program, without a network, is part of the first.
//! - A layer that turns panics into responses hides them from the layer around it, unless there is one at the handlers or
//!   it puts [`ErrorLabel::PANIC`] into the response.
//! - Only the first response to an upgrade is HTTP: what follows on the connection, as in a web socket, is not measured.
//! - gRPC-Web has its trailers in the body, and is not counted as gRPC.
//! - Rust 1.85 or newer.

// Handles go from a table to an addition in a few instructions, and what is moved on the way is not to be moved through a
// call: the compiler's own guess was measured to be slower.
#![allow(clippy::inline_always)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod adapter;
mod body;
mod builder;
mod choice;
mod client;
mod current;
mod error;
mod families;
mod foreign;
mod head;
mod hyperdjango;
mod label;
mod objective;
mod observation;
mod record;
mod route;
mod state;
mod tower;
mod transport;
mod work;

pub use self::{
    body::{RequestBody, ResponseBody},
    builder::Builder,
    client::{
        ClientBuilder, ClientFuture, ClientLayer, ClientMetrics, ClientRequest, ClientService, ErrorKind,
        Measured, RouteTemplate, ServiceError,
    },
    error::BuildError,
    families::HttpFamily,
    head::{RequestHead, ResponseHead},
    label::{ErrorLabel, GrpcStatus, MethodLabel, TemplateName, Transport},
    route::PathFault,
    tower::{
        CountedBodies, DeclaredBodies, HandlerLayer, HandlerService, HttpLayer, HttpMetrics,
        HttpResponseFuture, HttpService, RequestBodies, RouteTemplates,
    },
    transport::TransportRule,
    work::HandlerFuture,
};

/// What packages for frameworks need. Not covered by any promise of stability.
#[doc(hidden)]
pub mod __adapter {
    pub use crate::adapter::*;
}

#[doc(no_inline)]
pub use tallymark_core::Slo;

/// Returns settings of the layer, to be changed and then [built](Builder::build).
pub fn builder() -> Builder {
    Builder::default()
}

/// Returns settings of the families of the requests that the program sends, to be changed and then
/// [built](ClientBuilder::build).
pub fn client_builder() -> ClientBuilder {
    ClientBuilder::default()
}
