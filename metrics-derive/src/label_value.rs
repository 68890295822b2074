//! `#[derive(LabelValue)]`: an enum as a closed set of label values.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use crate::{errors::Errors, krate, stub::Stub, variants::Variants};

/// `#[derive(LabelValue)] item`
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    match Variants::parse("#[derive(LabelValue)]", item.clone(), &mut errors) {
        Some(variants) if errors.is_empty() => implementation(&variants),
        variants => {
            let krate = variants.map_or_else(krate::default, |variants| variants.krate);
            Stub::LabelValue.beside(&krate, item, errors.into_tokens())
        }
    }
}

/// A closed label: its number of values, the number of each, and the text of each number.
fn implementation(variants: &Variants) -> TokenStream {
    let Variants { krate, ident, generics, list: variants, set_name } = variants;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let count = variants.len();
    let numbers = 0..count;
    let names = variants.iter().map(|variant| &variant.ident);
    let texts = variants.iter().map(|variant| &variant.text);
    // A name is for an enum that is a label set as well; alone it would say nothing.
    let is_set = set_name.as_ref().map(|name| {
        let set = quote_spanned!(name.span().resolved_at(Span::mixed_site())=> __set);
        quote_spanned! {Span::mixed_site()=>
            const _: () = {
                fn __is_label_set(_: &impl #krate::__private_v4::LabelSet) {}

                fn __with_a_name #impl_generics (#set: &#ident #ty_generics) #where_clause {
                    __is_label_set(#set);
                }
            };
        }
    });
    quote_spanned! {Span::mixed_site()=>
        #is_set

        #[automatically_derived]
        impl #impl_generics #krate::__private_v4::LabelValue for #ident #ty_generics #where_clause {
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
                __f(<Self as #krate::__private_v4::LabelValue>::text_at(#krate::__private_v4::LabelValue::index(self)))
            }

            #[inline]
            fn text_at(__index: ::core::primitive::usize) -> &'static ::core::primitive::str {
                const TEXTS: &[&::core::primitive::str] = &[#(#texts),*];
                #krate::__private_v4::text_of(TEXTS, __index)
            }
        }
    }
}
