//! What becomes of the bodies of requests.

use http_body::Body;
use tallymark_core::HistogramHandle;

use crate::http::RequestBody;

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Counted {}
    impl Sealed for super::Declared {}
}

/// How the sizes of request bodies are found: [`Counted`] or [`Declared`].
pub trait RequestBodies: sealed::Sealed + 'static {
    /// The body that the service within gets.
    type Body<B>;

    #[doc(hidden)]
    fn wrap<B: Body>(body: B, sizes: Option<HistogramHandle>) -> Self::Body<B>;
}

/// Bodies are wrapped, and their bytes counted as they are read.
#[derive(Clone, Copy, Debug)]
pub struct Counted;

/// Bodies are left as they are; their size is what the request says, and 0 if it says nothing.
#[derive(Clone, Copy, Debug)]
pub struct Declared;

impl RequestBodies for Counted {
    type Body<B> = RequestBody<B>;

    #[inline]
    fn wrap<B: Body>(body: B, sizes: Option<HistogramHandle>) -> RequestBody<B> {
        RequestBody::new(body, sizes)
    }
}

impl RequestBodies for Declared {
    type Body<B> = B;

    #[inline]
    fn wrap<B: Body>(body: B, sizes: Option<HistogramHandle>) -> B {
        if let Some(sizes) = sizes {
            sizes.observe(body.size_hint().exact().unwrap_or(0) as f64);
        }
        body
    }
}
