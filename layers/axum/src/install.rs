//! The layers and the route, in the right order.

use axum::Router;
use tallymark_core::LabelSet;
use tallymark_exporter::MetricsService;
use tallymark_http::{BuildError, HttpMetrics};

use crate::{
    bodies::{builder, handler_layer, layer},
    endpoint::AxumEndpoint,
};

/// Puts metrics around a [`Router`] in one line, at the end of its making.
///
/// ```
/// use axum::{Router, routing::get};
/// use tallymark_axum::RouterExt;
///
/// # fn main() -> Result<(), tallymark_axum::BuildError> {
/// let app: Router = Router::new().route("/orders/{id}", get(async || "an order")).with_metrics()?;
/// # let _ = app;
/// # Ok(())
/// # }
/// ```
///
/// What is added to the router afterwards, routes or layers, is not measured.
pub trait RouterExt<S>: Sized {
    /// Measures all routes and fallbacks, and serves the metrics at `/metrics`: [`Install`] with the defaults.
    ///
    /// # Errors
    ///
    /// See [`BuildError`].
    ///
    /// # Panics
    ///
    /// If the router has a route `/metrics`, as for every route that is added twice; see [`Install::on`].
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
/// use tallymark_axum::Install;
/// use tower_http::timeout::TimeoutLayer;
/// # use std::time::Duration;
/// # use axum::http::StatusCode;
///
/// # fn main() -> Result<(), tallymark_axum::BuildError> {
/// let metrics = tallymark_axum::builder().namespace("shop").build()?;
/// let routes = Router::new().route("/orders/{id}", get(async || "an order"));
/// let timeout = TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_secs(5));
/// let app: Router =
///     Install::new(metrics).path("/internal/metrics").around(routes, |routes| routes.layer(timeout));
/// # let _ = app;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is installed before `on` or `around` is called"]
pub struct Install<L: LabelSet + 'static = ()> {
    metrics: HttpMetrics<L>,
    path: Option<String>,
    endpoint: MetricsService,
}

impl<L: LabelSet + Send + Sync + 'static> Install<L> {
    /// Installs the layers of these metrics, and the route `/metrics`.
    pub fn new(metrics: HttpMetrics<L>) -> Self {
        Self { metrics, path: Some("/metrics".to_owned()), endpoint: tallymark_exporter::service() }
    }

    /// Sets where the metrics are served.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Serves the metrics by a service with settings of its own, such as credentials or a
    /// [registry](tallymark_exporter::Builder::registry) beside the program's.
    ///
    /// One that asks for addresses needs them from the server:
    /// `app.into_make_service_with_connect_info::<SocketAddr>()`.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use tallymark_axum::{Install, exporter};
    ///
    /// let metrics = tallymark_axum::builder().build()?;
    /// let install = Install::new(metrics).endpoint(exporter::builder().bearer_token("s3cr3t").service()?);
    /// # let _ = install;
    /// # Ok(())
    /// # }
    /// ```
    pub fn endpoint(mut self, service: MetricsService) -> Self {
        self.endpoint = service;
        self
    }

    /// Serves the metrics nowhere in this router: an [`exporter`](tallymark_exporter) on an address of its own does.
    pub fn without_route(mut self) -> Self {
        self.path = None;
        self
    }

    /// Measures all routes and fallbacks of a router with the middleware they have, and adds the route of the metrics,
    /// which is itself not measured.
    ///
    /// `http_handler_duration_seconds` stays empty, since handlers and middleware can no longer be told apart. With
    /// [`around`](Install::around), it does not.
    ///
    /// # Panics
    ///
    /// If the router has a route at the path of the metrics, or that path does not begin with `/`: it is axum that panics,
    /// as for every such route.
    pub fn on<S: Clone + Send + Sync + 'static>(self, router: Router<S>) -> Router<S> {
        let measured = router.layer(layer(self.metrics));
        match self.path {
            Some(path) => measured.route_service(&path, AxumEndpoint(self.endpoint)),
            None => measured,
        }
    }

    /// Measures all routes and fallbacks of a router as [`on`](Install::on) does, and adds middleware: handlers are measured
    /// inside of it, requests outside.
    ///
    /// A fallback is a handler, too; one that `middleware` adds is not measured as such.
    ///
    /// # Panics
    ///
    /// As [`on`](Install::on) does.
    pub fn around<S: Clone + Send + Sync + 'static>(
        self,
        routes: Router<S>,
        middleware: impl FnOnce(Router<S>) -> Router<S>,
    ) -> Router<S> {
        // Not `route_layer`, which leaves fallbacks out.
        let handlers = routes.layer(handler_layer(self.metrics));
        self.on(middleware(handlers))
    }
}
