//! How many requests does my actix-web service get, how long do they take, and how do they end? Middleware for actix-web
//! 4.18 measures them, and a resource serves `/metrics`.
//!
//! ```toml
//! [dependencies]
//! tallymark = "0.1"
//! tallymark-actix-web = "0.1"
//! actix-web = "4"
//! ```
//!
//! ```rust
//! use actix_web::{App, test, web};
//! use tallymark_actix_web::{ActixMetrics, builder, endpoint, exporter};
//!
//! #[actix_web::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let metrics = ActixMetrics::new(builder().exclude(["/metrics"]))?;
//!     let app = move || {
//!         App::new()
//!             .route("/orders/{id}", web::get().to(async || "an order"))
//!             .service(endpoint("/metrics", exporter::service()))
//!             // Wrapped first, so right around the handlers.
//!             .wrap(metrics.handler_middleware())
//!             // Wrapped last, so around all other middleware.
//!             .wrap(metrics.middleware())
//!     };
//!
//!     // A server makes one for each worker: `HttpServer::new(app)`.
//!     let app = test::init_service(app()).await;
//!     let request = test::TestRequest::get().uri("/orders/7").to_request();
//!     assert_eq!(test::call_and_read_body(&app, request).await, "an order");
//!
//!     let labels = [("method", "GET"), ("route", "/orders/{id}"), ("status", "200")];
//!     assert_eq!(tallymark::registry::snapshot().counter("http_requests_total", &labels), Some(1));
//!     Ok(())
//! }
//! ```
//!
//! # What is measured
//!
//! The families of [`tallymark_http`](tallymark_http#what-is-measured), with all that can be relied on there. What is actix-web's
//! own:
//!
//! - The `route` is the template of the resource that took the request, which is asked for when there is a response: middleware
//!   such as `NormalizePath` may have rewritten the path, and guards tell resources apart. One that never gets a response
//!   has the template of the first resource that its path fits.
//! - A request is [excluded](Builder::exclude) by the route that took it. `http_requests_received_total` and
//!   `http_requests_in_flight` go by the first resource that the path fits, as long as there is no response.
//! - A service that fails with an error has a response, the one that actix-web makes of the error. It counts with that
//!   status, and in `http_exceptions_total` as `service`.
//! - actix-web lets a handler go on when its client has left, so a request that nobody waits for is in flight until the
//!   handler is done, and is not cancelled.
//! - A listener that actix-web serves over TLS needs no [`TransportRule`].
//!
//! # Errors
//!
//! See [`BuildError`]. [`route_by`](Builder::route_by), [`template_by`](Builder::template_by), [`routes`](Builder::routes) and
//! [`TransportRule::trust`] read requests of tower services, so they are [errors](BuildError::TowerOnly) here.
//! [`ActixMetrics::labelled`] is what [`labels`](Builder::labels) is there.
//!
//! # Limits
//!
//! - A body of a request that is not empty is boxed, and a template is made up for each response, as actix-web does it.
//! - gRPC is not looked for.
//! - Rust 1.89 or newer, as actix-web 4.18.
//! - [Those of the layer](tallymark_http#limits).

#![cfg_attr(docsrs, feature(doc_cfg))]

mod body;
mod endpoint;
mod handler;
mod metrics;
mod middleware;
mod payload;
mod recent;
mod shared;

pub use self::{
    body::ActixBody,
    endpoint::endpoint,
    handler::{ActixHandlerFuture, ActixHandlerMiddleware, ActixHandlerService},
    metrics::ActixMetrics,
    middleware::{ActixMiddleware, ActixResponseFuture, ActixService},
};
pub use tallymark_exporter as exporter;
pub use tallymark_http::{
    BuildError, Builder, ErrorLabel, HttpFamily, MethodLabel, TemplateName, Transport, TransportRule, builder,
};
