//! The implementation of `State`.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use crate::variants::Variants;

/// The texts of all states, and the number of each.
pub(super) fn implementation(variants: &Variants) -> TokenStream {
    let Variants { krate, ident, generics, list: variants, .. } = variants;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let numbers = 0..variants.len();
    let names = variants.iter().map(|variant| &variant.ident);
    let texts = variants.iter().map(|variant| &variant.text);
    quote_spanned! {Span::mixed_site()=>
        #[automatically_derived]
        impl #impl_generics #krate::__private::State for #ident #ty_generics #where_clause {
            const STATES: &'static [&'static ::core::primitive::str] = &[#(#texts),*];

            #[inline]
            fn index(self) -> ::core::primitive::usize {
                match self {
                    #(Self::#names => #numbers,)*
                }
            }
        }
    }
}
