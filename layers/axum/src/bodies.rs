//! Requests as axum has them, and the layers that read them.

use axum::{body::Body, extract::MatchedPath};
use http::{Extensions, Request};
use http_body::Body as _;
use tallymark_core::{HistogramHandle, LabelSet};
use tallymark_http::{
    Builder, HandlerLayer, HttpLayer, HttpMetrics, RequestBodies, RequestBody, RouteTemplates,
};

/// The route is axum's `MatchedPath`. Bodies are counted as they are read, and one without a byte is passed on as it is:
/// axum boxes each body whose type it does not know, and most requests have none. See [`layer`].
#[derive(Clone, Copy, Debug)]
pub struct AxumRequests;

/// Reads the template of the route that took a request.
fn template(extensions: &Extensions) -> Option<&str> {
    extensions.get::<MatchedPath>().map(MatchedPath::as_str)
}

impl RouteTemplates for AxumRequests {
    #[inline]
    fn template(extensions: &Extensions) -> Option<&str> {
        template(extensions)
    }
}

impl RequestBodies<Body> for AxumRequests {
    type Body = Body;

    #[inline]
    fn wrap(request: Request<Body>, sizes: Option<HistogramHandle>) -> Request<Body> {
        match sizes {
            None => request,
            Some(sizes) if request.body().is_end_stream() => {
                sizes.observe(0.0);
                request
            }
            Some(_) => request.map(|body| Body::new(RequestBody::new(body, sizes))),
        }
    }
}

/// Returns settings of the layers, to be changed and then [built](Builder::build).
///
/// Every layer that comes of them reads axum's `MatchedPath`, those that [`HttpMetrics`] makes for any tower service, too.
pub fn builder() -> Builder {
    tallymark_http::builder().template_by(template)
}

/// Returns the layer of these metrics for a [`Router`](axum::Router), as [`Install`](crate::Install) installs it: as
/// [`HttpMetrics::layer`], but requests without a body cost no allocation for it.
///
/// ```
/// use axum::{Router, routing::get};
///
/// # fn main() -> Result<(), tallymark_axum::BuildError> {
/// let metrics = tallymark_axum::builder().namespace("shop").build()?;
/// let app: Router = Router::new().route("/", get(async || "hello")).layer(tallymark_axum::layer(metrics));
/// # let _ = app;
/// # Ok(())
/// # }
/// ```
pub fn layer<L: LabelSet + 'static>(metrics: HttpMetrics<L>) -> HttpLayer<L, AxumRequests> {
    metrics.layer_for()
}

/// Returns the layer of these metrics for the handlers of a [`Router`](axum::Router), to be added before all middleware.
///
/// [`Router::layer`](axum::Router::layer) puts it around fallbacks, too; `route_layer` does not.
pub fn handler_layer<L: LabelSet + 'static>(metrics: HttpMetrics<L>) -> HandlerLayer<L, AxumRequests> {
    metrics.handler_layer_for()
}

// Fails to compile here, and not at each use, if axum does not accept a layer.
const _: fn() = || {
    use axum::routing::Route;

    fn accepts<T: tower_layer::Layer<Route> + Clone + Send + Sync + 'static>() {}
    accepts::<HttpLayer>();
    accepts::<HttpLayer<(), AxumRequests>>();
    accepts::<HandlerLayer<(), AxumRequests>>();
};
