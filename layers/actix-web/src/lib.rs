//! The same for actix-web, as middleware.
//!
//! ```
//! use actix_web::{App, web};
//! use tallymark::http::{self, actix::ActixMetrics};
//!
//! # fn main() -> Result<(), http::BuildError> {
//! let metrics = ActixMetrics::new(http::builder())?;
//! let app = App::new()
//!     .route("/orders/{id}", web::get().to(async || "an order"))
//!     // Wrapped first, so right around the handlers.
//!     .wrap(metrics.handler_middleware())
//!     // … other middleware …
//!     // Wrapped last, so around everything.
//!     .wrap(metrics.middleware());
//! # let _ = app;
//! # Ok(())
//! # }
//! ```
//!
//! The families are those of the [module above](super). What differs:
//!
//! - The route is the template of the first resource that the path fits. Two resources that both fit a path, and that
//!   only a guard tells apart, are not told apart here.
//! - A service that fails with an error has a response, the one that actix-web makes of the error; it counts with that
//!   status, and in `http_exceptions_total` as `service`.
//! - actix-web lets a handler go on when its client has left, so a request that nobody waits for is in flight until the
//!   handler is done, and is not cancelled.
//! - gRPC is not looked for.
//! - Of the settings, [`route_by`](super::Builder::route_by) and [`TransportRule::trust`](super::TransportRule::trust) see requests of
//!   tower services, so they are errors here; [`ActixMetrics::labelled`] stands for [`labels`](super::Builder::labels), and a
//!   listener that actix-web serves over TLS needs no rule.
//! - The metrics themselves are served by an [`exporter`](crate::exporter) on an address of its own, or by a handler that
//!   returns [`encode_to_string`](crate::encode_to_string).
//!
//! A path that was seen lately has its route found without allocating, and a body of a request that is not empty is
//! boxed.

mod body;
mod handler;
mod metrics;
mod middleware;
mod payload;
mod routes;

pub use self::{
    body::MeasuredBody,
    handler::{HandlerMiddleware, HandlerService},
    metrics::ActixMetrics,
    middleware::{Middleware, MiddlewareResponse, MiddlewareService},
};
