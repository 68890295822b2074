//! Looking at a returned value.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::Path;

use super::{Function, wrap::value};
use crate::tokens::first_span;

/// An expression that says whether the value behind the reference is a failure. Found by method resolution, so any
/// alias of `Result` will do.
pub(crate) fn failed(krate: &Path, value: &Ident) -> TokenStream {
    quote_spanned! {Span::mixed_site()=> {
        use #krate::__private::{AnyProbe as _, ResultProbe as _};
        (&#krate::__private::Probe(#value)).failed()
    }}
}

/// Runs the statements with the name bound to a reference to the error, if the value is one. Where the function
/// returns no `Result`, the mistake is shown at its return type.
pub(crate) fn if_err(function: &Function, error: &Ident, then: &TokenStream) -> TokenStream {
    let value = value();
    let span = function.output().map_or_else(Span::mixed_site, first_span).resolved_at(Span::mixed_site());
    let pattern = quote_spanned!(span=> ::core::result::Result::Err(#error));
    quote_spanned!(Span::mixed_site()=> if let #pattern = #value { #then })
}
