//! Async functions.
//!
//! An async block inside of an `async fn` would hold every argument twice: once as the function's and once as the
//! block's. So where nothing else has to see the word `async`, the function is written without it and returns the
//! block. For a function with an argument of 1 KiB that the body moves, that is 3,104 bytes instead of 4,136; plain it
//! is 3,075 (x86-64, rustc 1.95, November 2026).

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Attribute as Attr, Ident, Token};

use super::{
    Function, Output, Signature,
    argument::{Argument, Kind},
    erase,
};
use crate::tokens::{first_span, is_word, only, regroup};

/// Whether `async fn` may be rewritten to a function that returns a future.
pub(super) fn is_rewritable(function: &Function) -> bool {
    // `#[must_use]` speaks of the awaited value on an `async fn`, and of the future otherwise.
    function.is_free_of_macros() && !function.is_diverging()
}

/// The signature without `async`, and the statements with which the async block begins so that each argument lives
/// exactly as long as it would in an `async fn`.
pub(super) fn rewrite(sig: &Signature) -> (Signature, TokenStream) {
    let mut mentions = Vec::new();
    let mut bindings = TokenStream::new();
    let arguments = sig.arguments().into_iter().enumerate().map(|(at, argument)| match &argument.kind {
        Kind::Receiver { this, .. } => {
            mentions.push(quote_spanned!(Span::mixed_site()=> let _ = &#this;));
            argument
        }
        Kind::Typed { pattern, colon_and_type } => {
            let cfg: Vec<&Attr> = argument.attrs.iter().filter(|attr| attr.path().is_ident("cfg")).collect();
            if let Some(name) = argument.plain_name() {
                mentions.push(quote_spanned!(Span::mixed_site()=> #(#cfg)* let _ = &#name;));
                return argument;
            }
            let name = format_ident!("__arg{at}", span = Span::mixed_site());
            mentions.push(quote_spanned!(Span::mixed_site()=> #(#cfg)* let _ = &#name;));
            if !is_word(only(pattern).as_ref(), "_") {
                bindings.extend(quote_spanned!(Span::mixed_site()=> #(#cfg)* let #pattern = #name;));
            }
            let kind = Kind::Typed { pattern: quote!(#name), colon_and_type: colon_and_type.clone() };
            Argument { attrs: argument.attrs, kind }
        }
        Kind::Other(_) => argument,
    });
    let arguments = quote!(#(#arguments),*);
    // A block drops what it captured in the order of first mention; a function drops its last argument first.
    mentions.reverse();
    mentions.push(bindings);
    let sig = Signature {
        qualifiers: sig.qualifiers.iter().filter(|token| !is_word(Some(token), "async")).cloned().collect(),
        arguments: regroup(&sig.arguments, arguments),
        output: Some(future_of(sig.output.as_ref())),
        ..sig.clone()
    };
    (sig, mentions.into_iter().collect())
}

/// `-> impl Future<Output = T>`. The tokens are of this crate's edition, in which such a type captures all lifetimes.
fn future_of(output: Option<&Output>) -> Output {
    let span = Span::mixed_site();
    let ty = output.map_or_else(|| quote_spanned!(span=> ()), |output| output.ty.clone());
    let ty = quote_spanned!(span=> impl ::core::future::Future<Output = #ty>);
    Output { arrow: Token![->](span), ty }
}

/// A `return` that is never reached but tells the compiler what the block returns before it looks at the rest, as a
/// function's signature would.
pub(super) fn return_edge(output: Option<&TokenStream>) -> TokenStream {
    let span = Span::mixed_site();
    let Some(output) = output else {
        return quote_spanned! {span=> if false { return; } };
    };
    let Some(ty) = erase::impl_traits(output) else { return TokenStream::new() };
    // Where the body returns another type, this is shown as the reason to expect this one.
    let span = first_span(output).resolved_at(span);
    let value = Ident::new("__never", span);
    quote_spanned! {span=>
        #[allow(unreachable_code)]
        if false {
            let #value: #ty = loop {};
            return #value;
        }
    }
}
