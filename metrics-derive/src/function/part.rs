//! What is put around a future.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

/// One layer around a future.
pub(super) struct Part {
    pub(super) begin: TokenStream,
    pub(super) guard: Ident,
    pub(super) end: TokenStream,
}

impl Part {
    /// A guard of the user's metric, or a call that leaves none.
    pub(super) fn held(krate: &Path, is_guard: bool, call: &TokenStream, name: &Ident) -> Self {
        let begin = if is_guard {
            quote_spanned!(Span::mixed_site()=> #krate::__private_v4::Held(#call))
        } else {
            quote_spanned!(Span::mixed_site()=> { #call; })
        };
        let end = quote_spanned!(Span::mixed_site()=> let _ = #name;);
        Self { begin, guard: name.clone(), end }
    }
}

/// What begins, the pattern that takes it apart, and the ends, of several layers from the outermost.
pub(super) fn composed(watched: &[Part]) -> (TokenStream, TokenStream, TokenStream) {
    let mut parts = watched.iter().rev();
    let (mut begin, mut pattern) = match parts.next() {
        Some(Part { begin, guard, .. }) => (begin.clone(), quote!(#guard)),
        None => (quote!(()), quote!(_)),
    };
    for Part { begin: outer, guard, .. } in parts {
        begin = quote_spanned!(Span::mixed_site()=> (#outer, #begin));
        pattern = quote_spanned!(Span::mixed_site()=> (#guard, #pattern));
    }
    let ends = watched.iter().rev().map(|Part { end, .. }| quote_spanned!(Span::mixed_site()=> { #end }));
    (begin, pattern, ends.collect())
}
