//! The implementation of `Model`.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use super::Model;
use crate::place;

/// One site for the model, and its element for the registry.
pub(super) fn implementation(model: &Model) -> TokenStream {
    let Model { krate, ident, generics, name, table, on_statement } = model;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let place = place::of(krate, ident.span());
    quote_spanned! {Span::mixed_site()=>
        const _: () = {
            static __SITE: #krate::__private::ModelSite =
                #krate::__private::ModelSite::new(#krate::__private::ModelMeta {
                    name: #name,
                    table: #table,
                    on_statement: #on_statement,
                    place: #place,
                });

            #[automatically_derived]
            impl #impl_generics #krate::__private::Model for #ident #ty_generics #where_clause {
                const NAME: &'static ::core::primitive::str = #name;
                const TABLE: &'static ::core::primitive::str = #table;

                #[inline]
                fn metrics() -> &'static #krate::__private::ModelSite {
                    &__SITE
                }
            }

            #krate::__private::submit!(#krate::__private::Element::Model(&__SITE));
        };
    }
}
