//! A gauge that a task asks the function for.

use std::time::Duration;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

use super::parse::{Function, Options};
use crate::metric::{
    declared::{Declared, entries_ident},
    submit,
};

/// A gauge that calls the function, and one element for the registry.
pub(super) fn registration(options: &Options, function: &Function, declared: &Declared) -> TokenStream {
    let Options { krate, every, timeout, labels, .. } = options;
    let Function { attrs, vis, ident, ty } = function;
    let entries = entries_ident(ident);
    // Naming the type shows it, and not the attribute, where it does not fit.
    let ty = if has_impl(ty) { &quote!(_) } else { ty };
    let (gauge, fetched) = if let Some(labels) = labels {
        (
            quote!(#krate::__private_v4::RefreshedGauge<#labels>),
            quote!(<#ty as #krate::__private_v4::RefreshedSeries<#labels>>::into_values),
        )
    } else {
        (
            quote!(#krate::__private_v4::RefreshedGauge),
            quote!(<#ty as #krate::__private_v4::RefreshedValue>::into_values),
        )
    };
    let entry = declared.placed_entry(krate, &gauge, None, &quote!(&__GAUGE));
    let submit = submit(krate, declared, &entries);
    let (every, timeout) = (literal(*every), literal(*timeout));
    let cfg: Vec<_> = attrs.iter().filter(|attr| attr.path().is_ident("cfg")).collect();
    quote_spanned! {Span::mixed_site()=>
        #(#cfg)*
        #[doc(hidden)]
        #vis static #entries: &[#krate::__private_v4::Entry] = {
            static __GAUGE: #gauge = #krate::__private_v4::RefreshedGauge::new(#every, #timeout, || {
                ::std::boxed::Box::pin(async { #fetched(#ident().await) })
            });
            &[#entry]
        };
        #(#cfg)*
        #submit
    }
}

/// Whether a type can be written only where a function returns it.
fn has_impl(ty: &TokenStream) -> bool {
    ty.clone().into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == "impl",
        TokenTree::Group(group) => has_impl(&group.stream()),
        _ => false,
    })
}

fn literal(duration: Duration) -> TokenStream {
    let (seconds, nanos) = (duration.as_secs(), duration.subsec_nanos());
    quote!(::core::time::Duration::new(#seconds, #nanos))
}
