//! The metric that an annotation belongs to.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::Path;

/// The metric that is annotated, as far as a macro can see it.
pub(crate) struct Annotated<'a> {
    pub(crate) krate: &'a Path,
    pub(crate) ty: &'a TokenStream,
    /// The initializer, which has the buckets of a histogram.
    pub(crate) init: Option<&'a TokenStream>,
}

impl Annotated<'_> {
    /// The bounds of a histogram's buckets, which are in its initializer: its static cannot be read before the program runs.
    pub(super) fn bounds(&self) -> Option<TokenStream> {
        let (krate, init, ty) = (self.krate, self.init?, self.ty);
        Some(quote_spanned!(Span::mixed_site()=> #krate::__private_v4::bounds_of::<_>({
            const __HISTOGRAM: #ty = #init;
            __HISTOGRAM
        })))
    }
}
