//! A function with a layer around its body.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Path, spanned::Spanned};

use super::{
    Function, Layer, Outcome, Signature, asynchronous, erase,
    tail::{Tail, nested, scoped},
};

/// Hygienic name of the guard in [`Outcome::end`].
pub(crate) fn guard() -> Ident {
    Ident::new("__guard", Span::mixed_site())
}

/// Hygienic name of the reference to the returned value in [`Outcome::end`].
pub(crate) fn value() -> Ident {
    Ident::new("__value", Span::mixed_site())
}

/// Writes the function with the layer around its body.
pub(super) fn function(krate: &Path, function: &Function, layer: &Layer) -> TokenStream {
    let Some(body) = &function.body else { return function.to_token_stream() };
    if !function.sig.is_async() {
        return match Tail::find(body) {
            Some(tail) => ends_in_future(krate, function, tail, layer),
            None => synchronous(krate, function, body, layer),
        };
    }
    asynchronous(krate, function, body, layer)
}

fn synchronous(krate: &Path, function: &Function, body: &Group, layer: &Layer) -> TokenStream {
    let Some(outcome) = needed_outcome(function, layer) else { return guarded(function, body, layer) };
    let Layer { items, inside, .. } = layer;
    let Outcome { before, begin, end } = outcome;
    let (guard, value) = (guard(), value());
    let output = function.output().and_then(erase::impl_traits).map(|ty| quote!(-> #ty));
    let body = if inside.is_empty() { body.clone() } else { nested(inside.clone(), body) };
    let statements = quote_spanned! {Span::mixed_site()=>
        #items
        #before
        let #guard = #begin;
        let #value = #krate::__private::call(move || #output #body);
        {
            let #value = &#value;
            #end
        }
        #value
    };
    with_body(function, &function.sig, statements)
}

fn asynchronous(krate: &Path, function: &Function, body: &Group, layer: &Layer) -> TokenStream {
    let Some(outcome) = needed_outcome(function, layer) else { return guarded(function, body, layer) };
    let Layer { items, inside, .. } = layer;
    let before = &outcome.before;
    let edge = asynchronous::return_edge(function.output());
    let body = scoped(body);
    if asynchronous::is_rewritable(function) {
        let (sig, arguments) = asynchronous::rewrite(&function.sig);
        let block = quote_spanned!(Span::mixed_site()=> async move { #arguments #edge #inside #body });
        let future = observed(krate, &block, outcome);
        return with_body(function, &sig, quote!(#items #before #future));
    }
    let block = quote_spanned!(Span::mixed_site()=> async move { #edge #inside #body });
    let future = observed(krate, &block, outcome);
    with_body(function, &function.sig, quote_spanned!(Span::mixed_site()=> #items #before #future.await))
}

/// Without a look at the returned value: guards before the body, in the same scope.
fn guarded(function: &Function, body: &Group, layer: &Layer) -> TokenStream {
    let Layer { items, inside, outcome } = layer;
    let body = scoped(body);
    let guard = outcome.as_ref().map(|Outcome { before, begin, .. }| {
        let guard = guard();
        quote_spanned!(Span::mixed_site()=> #before let #guard = #begin;)
    });
    with_body(function, &function.sig, quote!(#items #guard #inside #body))
}

/// How the outcome is seen, unless the function never returns.
fn needed_outcome<'a>(function: &Function, layer: &'a Layer) -> Option<&'a Outcome> {
    layer.outcome.as_ref().filter(|_| !function.is_diverging())
}

fn ends_in_future(krate: &Path, function: &Function, tail: Tail, layer: &Layer) -> TokenStream {
    let Layer { items, inside, outcome } = layer;
    let Some(outcome) = outcome else {
        let body = tail.rebuild(inside.clone(), |future| future);
        return with_body(function, &function.sig, quote!(#items #body));
    };
    let edge = function
        .output()
        .and_then(erase::future_output)
        .map(|output| asynchronous::return_edge(Some(&output)));
    let body = tail.rebuild(quote!(#edge #inside), |future| observed(krate, &future, outcome));
    let before = &outcome.before;
    with_body(function, &function.sig, quote!(#items #before #body))
}

/// The future, watched from its first poll to its end.
fn observed(krate: &Path, future: &TokenStream, outcome: &Outcome) -> TokenStream {
    let Outcome { begin, end, .. } = outcome;
    let (guard, value) = (guard(), value());
    quote_spanned! {Span::mixed_site()=>
        #krate::__private::observe(#future, move || #begin, move |#guard, #value| { #end })
    }
}

/// The same function with another signature and body.
fn with_body(function: &Function, sig: &Signature, statements: TokenStream) -> TokenStream {
    let Function { attrs, vis, .. } = function;
    let mut body = Group::new(proc_macro2::Delimiter::Brace, statements);
    body.set_span(function.body.span());
    let body = TokenTree::Group(body);
    quote!(#(#attrs)* #vis #sig #body)
}
