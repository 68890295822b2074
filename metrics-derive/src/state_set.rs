//! `#[derive(StateSet)]`: an enum as the states of a state set.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use crate::{errors::Errors, krate, stub::Stub, variants::Variants};

/// `#[derive(StateSet)] item`
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let variants = Variants::parse("#[derive(StateSet)]", item.clone(), &mut errors);
    for variant in variants.iter().flat_map(|variants| &variants.list) {
        if variant.has_data {
            errors.at(
                variant.ident.span(),
                "a state holds no data: a state set is copied about and only knows which state is on",
            );
        }
    }
    match variants {
        Some(variants) if errors.is_empty() => implementation(&variants),
        variants => {
            let krate = variants.map_or_else(krate::default, |variants| variants.krate);
            Stub::State.beside(&krate, item, errors.into_tokens())
        }
    }
}

/// The texts of all states, and the number of each.
fn implementation(variants: &Variants) -> TokenStream {
    let Variants { krate, ident, generics, list: variants, .. } = variants;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let numbers = 0..variants.len();
    let names = variants.iter().map(|variant| &variant.ident);
    let texts = variants.iter().map(|variant| &variant.text);
    quote_spanned! {Span::mixed_site()=>
        #[automatically_derived]
        impl #impl_generics #krate::__private_v4::State for #ident #ty_generics #where_clause {
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
