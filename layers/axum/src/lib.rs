//! The layers and the route for axum, in the right order.
//!
//! Of the exporter it uses [`service`](exporter::service), and nothing else.

mod bodies;

pub use self::bodies::{Bodies, layer};

use axum::{Router, routing::Route};
use tallymark_core::LabelSet;

use super::{BuildError, HttpMetrics, builder};
use crate::exporter;

/// Puts metrics around a [`Router`] in one line, at the end of its making.
///
/// ```
/// use axum::{Router, routing::get};
/// use tallymark::http::axum::RouterExt;
///
/// # fn main() -> Result<(), tallymark::http::BuildError> {
/// let app: Router = Router::new().route("/orders/{id}", get(async || "an order")).with_metrics()?;
/// # let _ = app;
/// # Ok(())
/// # }
/// ```
///
/// What is added to the router afterwards, routes or layers, is not measured.
pub trait RouterExt<S>: Sized {
    /// Measures all routes, and serves the metrics at `/metrics`: [`Install`] with the defaults.
    ///
    /// # Errors
    ///
    /// See [`BuildError`].
    ///
    /// # Panics
    ///
    /// As [`Install::on`].
    fn with_metrics(self) -> Result<Router<S>, BuildError>;
}

impl<S: Clone + Send + Sync + 'static> RouterExt<S> for Router<S> {
    fn with_metrics(self) -> Result<Router<S>, BuildError> {
        Ok(Install::new(builder().build()?).on(self))
    }
}

/// How metrics are put around a [`Router`].
///
/// ```
/// use axum::{Router, routing::get};
/// use tallymark::http::{self, axum::Install};
/// # use tower::layer::util::Identity as CompressionLayer;
///
/// # fn main() -> Result<(), http::BuildError> {
/// let metrics = http::builder().namespace("shop").build()?;
/// let routes = Router::new().route("/orders/{id}", get(async || "an order"));
/// let app: Router = Install::new(metrics)
///     .path("/internal/metrics")
///     .around(routes, |routes| routes.layer(CompressionLayer::new()));
/// # let _ = app;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is installed before `on` or `around` is called"]
pub struct Install<L: LabelSet + 'static = ()> {
    metrics: HttpMetrics<L>,
    path: Option<String>,
}

impl<L: LabelSet + Send + Sync + 'static> Install<L> {
    /// Installs the layers of these metrics, and the route `/metrics`.
    pub fn new(metrics: HttpMetrics<L>) -> Self {
        Self { metrics, path: Some("/metrics".to_owned()) }
    }

    /// Where the metrics are served.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Serves the metrics nowhere in this router: an [`exporter`] on an address of its own does.
    pub fn without_route(mut self) -> Self {
        self.path = None;
        self
    }

    /// Measures all routes of a router with the middleware they have, and adds the route of the metrics, which is
    /// itself not measured.
    ///
    /// `http_handler_duration_seconds` stays empty: nobody can tell handlers from middleware any more. With [`around`](Install::around), it does not.
    ///
    /// # Panics
    ///
    /// If the router has a route at the path of the metrics, or the path is none: it is axum that panics, as for every
    /// such route.
    pub fn on<S: Clone + Send + Sync + 'static>(self, router: Router<S>) -> Router<S> {
        let measured = router.layer(layer(self.metrics));
        match self.path {
            Some(path) => measured.route_service(&path, exporter::service()),
            None => measured,
        }
    }

    /// The same, with middleware: handlers are measured inside of it, requests outside.
    ///
    /// # Panics
    ///
    /// As [`on`](Install::on).
    pub fn around<S: Clone + Send + Sync + 'static>(
        self,
        routes: Router<S>,
        middleware: impl FnOnce(Router<S>) -> Router<S>,
    ) -> Router<S> {
        let handlers = if routes.has_routes() {
            routes.route_layer::<super::HandlerLayer<L>>(self.metrics.handler_layer())
        } else {
            routes
        };
        self.on(middleware(handlers))
    }
}

// Says at once, and in one place, that the layer is one for axum.
const _: fn() = || {
    fn accepts<T: tower_layer::Layer<Route> + Clone + Send + Sync + 'static>() {}
    accepts::<super::HttpLayer>();
    accepts::<super::HttpLayer<(), Bodies>>();
    accepts::<super::HandlerLayer>();
};
