//! What `#[metric]` leaves behind.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

use super::{
    Metric,
    attr::Builders,
    declared::{entries_ident, is_counter},
};

/// The static, and one element for the registry.
pub(crate) fn one(krate: &Path, metric: &Metric) -> TokenStream {
    let item = with_builders(metric);
    let ident = &metric.item.ident;
    let vis = &metric.item.vis;
    let entries = entries_ident(ident);
    let entry = metric.declared.placed_entry(krate, &metric.item.ty, &quote!(&#ident));
    let cfg = metric.item.attrs.iter().filter(|attr| attr.path().is_ident("cfg"));
    let submit = if is_counter(&metric.item.ty) {
        let ty = &metric.item.ty;
        submit_as(krate, &quote!(counter(#entries, <#ty>::bare(&#ident))))
    } else {
        submit(krate, &entries)
    };
    let cfg_again = cfg.clone();
    quote_spanned! {Span::mixed_site()=>
        #item
        #(#cfg)*
        #[doc(hidden)]
        #vis static #entries: &[#krate::__private::Entry] = &[#entry];
        #(#cfg_again)*
        #submit
    }
}

/// The static as written, with the options as calls on its initializer.
pub(crate) fn with_builders(metric: &Metric) -> TokenStream {
    let item = &metric.item;
    let Builders { max_series, expire_after, init } = &metric.builders;
    let mut calls = TokenStream::new();
    if let Some(series) = max_series {
        calls.extend(quote!(.max_series(#series)));
    }
    if let Some(seconds) = expire_after {
        calls.extend(quote!(.expire_after(#seconds)));
    }
    if let Some(span) = init {
        calls.extend(quote_spanned!(*span=> .init()));
    }
    if calls.is_empty() {
        return quote!(#item);
    }
    let super::Static { attrs, vis, keyword, ident, colon, ty, equals, init, semicolon } = item;
    quote!(#(#attrs)* #vis #keyword #ident #colon #ty #equals (#init) #calls #semicolon)
}

/// Puts a static list of entries into the distributed slice.
pub(crate) fn submit(krate: &Path, entries: &syn::Ident) -> TokenStream {
    submit_as(krate, &quote!(Metrics(#entries)))
}

fn submit_as(krate: &Path, element: &TokenStream) -> TokenStream {
    quote! {
        const _: () = {
            #krate::__private::submit!(#krate::__private::Element::#element);
        };
    }
}
