//! What becomes of the bodies of requests.

use http::Request;
use http_body::Body;
use tallymark_core::HistogramHandle;

use crate::RequestBody;

pub(in crate) mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Counted {}
    impl Sealed for super::Declared {}
}

/// How the sizes of request bodies are found: [`Counted`], [`Declared`], or as the layer for axum does it.
pub trait RequestBodies<B>: sealed::Sealed + 'static {
    /// The body that the service within gets.
    type Body;

    #[doc(hidden)]
    fn wrap(request: Request<B>, sizes: Option<HistogramHandle>) -> Request<Self::Body>;
}

/// Bodies are wrapped, and their bytes counted as they are read.
#[derive(Clone, Copy, Debug)]
pub struct Counted;

/// Bodies are left as they are; their size is what the request says, and 0 if it says nothing.
#[derive(Clone, Copy, Debug)]
pub struct Declared;

impl<B: Body> RequestBodies<B> for Counted {
    type Body = RequestBody<B>;

    #[inline]
    fn wrap(request: Request<B>, sizes: Option<HistogramHandle>) -> Request<RequestBody<B>> {
        request.map(|body| RequestBody::new(body, sizes))
    }
}

impl<B: Body> RequestBodies<B> for Declared {
    type Body = B;

    #[inline]
    fn wrap(request: Request<B>, sizes: Option<HistogramHandle>) -> Request<B> {
        if let Some(sizes) = sizes {
            sizes.observe(request.body().size_hint().exact().unwrap_or(0) as f64);
        }
        request
    }
}
