//! What `#[model_op]` puts around a body.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Path, spanned::Spanned};

use super::attr::{Operation, Options};
use crate::{
    errors::Errors,
    function::{Function, Layer, Outcome, guard, probe, value},
    place,
};

/// Counts rows when the body has returned something other than `Err`.
pub(super) fn layer(options: &Options, function: &Function, errors: &mut Errors) -> Layer {
    let Some((model, operation)) = &options.target else { return Layer::default() };
    let krate = &options.krate;
    let (method, variant) = match operation {
        Operation::Insert => ("inserted", "Insert"),
        Operation::Update => ("updated", "Update"),
        Operation::Delete => ("deleted", "Delete"),
    };
    let [method, variant] = [method, variant].map(|word| Ident::new(word, Span::mixed_site()));
    let site = quote_spanned! {model.span().resolved_at(Span::mixed_site())=>
        <#model as #krate::__private::Model>::metrics()
    };
    let name = function.name();
    let place = place::of(krate, function.sig.ident.span());
    // Where others see the rows too, debug builds say so.
    let begin = quote_spanned! {Span::mixed_site()=>
        #krate::__private::ModelOp::begin(#site, #krate::__private::ModelOperation::#variant, #name, #place)
    };
    let guard = guard();
    let rows = Ident::new("__rows", Span::mixed_site());
    let outcome = match &options.rows {
        None => Outcome {
            before: TokenStream::new(),
            begin,
            end: on_success(krate, &quote!(#guard.counted(); #site.#method(1);)),
        },
        Some(expr) => {
            if let Some(closure) = expr.as_closure() {
                let returned = Ident::new("__returned", Span::mixed_site());
                let count = number(&closure.applied(&quote!(#returned), errors));
                Outcome {
                    before: TokenStream::new(),
                    begin,
                    end: with_success(krate, &returned, &quote!(#guard.counted(); #site.#method(#count);)),
                }
            } else {
                let count = number(&quote!(#expr));
                Outcome {
                    before: quote_spanned!(Span::mixed_site()=> let #rows = #count;),
                    begin,
                    end: on_success(krate, &quote!(#guard.counted(); #site.#method(#rows);)),
                }
            }
        }
    };
    Layer { outcome: Some(outcome), ..Layer::default() }
}

fn on_success(krate: &Path, then: &TokenStream) -> TokenStream {
    let failed = probe::failed(krate, &value());
    quote_spanned!(Span::mixed_site()=> if !#failed { #then })
}

/// The same with the name bound to a reference to what is in `Ok`, or to the whole value if it is no `Result`.
fn with_success(krate: &Path, name: &Ident, then: &TokenStream) -> TokenStream {
    let value = value();
    quote_spanned! {Span::mixed_site()=> {
        use #krate::__private::{AnyProbe as _, ResultProbe as _};
        if let ::core::option::Option::Some(#name) = (&#krate::__private::Probe(#value)).success() {
            #then
        }
    }}
}

/// Any integer as `u64`. A negative one counts as nothing.
fn number(expr: &TokenStream) -> TokenStream {
    quote_spanned! {Span::mixed_site()=>
        <::core::primitive::u64 as ::core::convert::TryFrom<_>>::try_from(#expr).unwrap_or(0)
    }
}
