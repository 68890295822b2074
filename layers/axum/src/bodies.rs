//! Bodies of requests as axum has them.

use axum::body::Body;
use http::Request;
use http_body::Body as _;
use tallymark_core::{HistogramHandle, LabelSet};

use tallymark_http::{HttpLayer, HttpMetrics, RequestBodies, RequestBody, tower::sealed::Sealed};

/// Bodies are counted as they are read, and one without a byte is passed on as it is: axum puts each body whose type it
/// does not know into a box, and most requests have none. See [`layer`].
#[derive(Clone, Copy, Debug)]
pub struct Bodies;

impl Sealed for Bodies {}

impl RequestBodies<Body> for Bodies {
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

/// The layer of these metrics for a [`Router`](axum::Router), as [`Install`](super::Install) installs it: the same as
/// [`HttpMetrics::layer`], but requests without a body cost no allocation for it.
///
/// ```
/// use axum::{Router, routing::get};
/// use tallymark::http;
///
/// # fn main() -> Result<(), http::BuildError> {
/// let metrics = http::builder().namespace("shop").build()?;
/// let app: Router = Router::new().route("/", get(async || "hello")).layer(http::axum::layer(metrics));
/// # let _ = app;
/// # Ok(())
/// # }
/// ```
pub fn layer<L: LabelSet + 'static>(metrics: HttpMetrics<L>) -> HttpLayer<L, Bodies> {
    metrics.layer().with_bodies()
}
