//! `#[metrics]`: every static of a module.

mod parse;

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;

use crate::{
    errors::Errors,
    krate,
    metric::{submit, with_builders},
};
use parse::{Defaults, Item, Module};

/// `#[metrics(args)] mod name { … }`
pub(crate) fn expand(args: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let defaults = Defaults::parse(args, &mut errors);
    match parse::module(item.clone(), &defaults, &mut errors) {
        Ok(module) => written(&defaults, &module, errors),
        Err(error) => {
            errors.push(error);
            let errors = errors.into_tokens();
            quote!(#item #errors)
        }
    }
}

/// The module, and one element for all of its statics.
fn written(defaults: &Defaults, module: &Module, errors: Errors) -> TokenStream {
    let Module { attrs, vis, mod_token, ident, items, .. } = module;
    let registration = errors.is_empty().then(|| registration(defaults, items));
    let errors = errors.into_tokens();
    let items = items.iter().map(|item| match item {
        Item::Metric(metric) => with_builders(metric),
        Item::Other(tokens) => tokens.clone(),
    });
    let mut body = TokenStream::new();
    body.extend(items);
    body.extend(registration.unwrap_or_default());
    let mut group = Group::new(Delimiter::Brace, body);
    group.set_span(module.brace.span.join());
    quote!(#(#attrs)* #vis #mod_token #ident #group #errors)
}

fn registration(defaults: &Defaults, items: &[Item]) -> Option<TokenStream> {
    let krate = &defaults.krate;
    let mut entries = TokenStream::new();
    let mut first = None;
    for item in items {
        let Item::Metric(metric) = item else { continue };
        first = first.or(Some(&metric.declared));
        let ident = &metric.item.ident;
        let line = krate::line(metric.declared.span);
        let place = quote!(#krate::__private_v4::Place { line: #line, ..__PLACE });
        let cfg = metric.item.attrs.iter().filter(|attr| attr.path().is_ident("cfg"));
        let entry =
            metric.declared.entry(krate, &place, &metric.item.ty, Some(&metric.item.init), &quote!(&#ident));
        entries.extend(quote!(#(#cfg)* #entry,));
    }
    let first = first?;
    let place = krate::place(krate, Span::mixed_site());
    let list = Ident::new("__METRICS", Span::mixed_site());
    let submit = submit(krate, first, &list);
    Some(quote_spanned! {Span::mixed_site()=>
        #[doc(hidden)]
        pub static #list: &[#krate::__private_v4::Entry] = {
            const __PLACE: #krate::__private_v4::Place = #place;
            &[#entries]
        };
        #submit
    })
}
