//! What differs between frameworks whose requests are those of tower services.

use http::{Extensions, Request, header};
use http_body::Body;
use tallymark_core::HistogramHandle;

use crate::{body::RequestBody, observation::Reply};

/// Where the router of a framework leaves the template of the route that took a request.
///
/// Implemented by packages for frameworks. Its functions are not covered by any promise of stability.
pub trait RouteTemplates: 'static {
    #[doc(hidden)]
    #[inline]
    fn template(_extensions: &Extensions) -> Option<&str> {
        None
    }
}

/// What becomes of the bodies of requests: [`CountedBodies`], [`DeclaredBodies`], or what the layer for a framework does.
///
/// Implemented by packages for frameworks. Its functions are not covered by any promise of stability.
pub trait RequestBodies<B>: RouteTemplates {
    /// The body that the service within gets.
    type Body;

    #[doc(hidden)]
    fn wrap(request: Request<B>, sizes: Option<HistogramHandle>) -> Request<Self::Body>;
}

/// Bodies are wrapped, and their bytes counted as they are read.
#[derive(Clone, Copy, Debug)]
pub struct CountedBodies;

/// Bodies are left as they are. Their size is what the body knows or the request declares, and 0 if neither does.
#[derive(Clone, Copy, Debug)]
pub struct DeclaredBodies;

impl RouteTemplates for CountedBodies {}
impl RouteTemplates for DeclaredBodies {}

impl<B: Body> RequestBodies<B> for CountedBodies {
    type Body = RequestBody<B>;

    #[inline]
    fn wrap(request: Request<B>, sizes: Option<HistogramHandle>) -> Request<RequestBody<B>> {
        request.map(|body| RequestBody::new(body, sizes))
    }
}

impl<B: Body> RequestBodies<B> for DeclaredBodies {
    type Body = B;

    #[inline]
    fn wrap(request: Request<B>, sizes: Option<HistogramHandle>) -> Request<B> {
        if let Some(sizes) = sizes {
            let field = || request.headers().get(header::CONTENT_LENGTH);
            let length = request.body().size_hint().exact();
            let length = length.or_else(|| Reply::declared_length(field()?.as_bytes()));
            sizes.observe(length.unwrap_or(0) as f64);
        }
        request
    }
}
