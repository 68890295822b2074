//! The implementation of `LabelValue`.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use crate::variants::Variants;

/// A closed label: its number of values, the number of each, and the text of each number.
pub(super) fn implementation(variants: &Variants) -> TokenStream {
    let Variants { krate, ident, generics, list: variants } = variants;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let count = variants.len();
    let numbers = 0..count;
    let names = variants.iter().map(|variant| &variant.ident);
    let texts = variants.iter().map(|variant| &variant.text);
    quote_spanned! {Span::mixed_site()=>
        #[automatically_derived]
        impl #impl_generics #krate::__private::LabelValue for #ident #ty_generics #where_clause {
            const CARDINALITY: ::core::option::Option<::core::primitive::usize> =
                ::core::option::Option::Some(#count);

            #[inline]
            fn index(&self) -> ::core::primitive::usize {
                match self {
                    #(Self::#names { .. } => #numbers,)*
                }
            }

            #[inline]
            fn text<__R>(&self, __f: impl ::core::ops::FnOnce(&::core::primitive::str) -> __R) -> __R {
                __f(<Self as #krate::__private::LabelValue>::text_at(#krate::__private::LabelValue::index(self)))
            }

            #[inline]
            fn text_at(__index: ::core::primitive::usize) -> &'static ::core::primitive::str {
                const TEXTS: [&::core::primitive::str; #count] = [#(#texts),*];
                match TEXTS.get(__index) {
                    ::core::option::Option::Some(__text) => __text,
                    ::core::option::Option::None => "",
                }
            }
        }
    }
}
