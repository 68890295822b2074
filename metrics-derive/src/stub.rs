//! What a derive that found a mistake implements all the same, so that the compiler does not go on to say that it is missing.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::{DeriveInput, Path};

use crate::generics::borrowed;

/// The trait that was to be derived.
#[derive(Clone, Copy)]
pub(crate) enum Stub {
    LabelSet,
    LabelValue,
    State,
}

impl Stub {
    /// An implementation that is never run.
    pub(crate) fn implementation(self, krate: &Path, input: &DeriveInput) -> TokenStream {
        let DeriveInput { ident, generics, .. } = input;
        let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
        match self {
            Self::LabelSet => {
                let borrowed = borrowed(generics);
                quote_spanned! {Span::mixed_site()=>
                    #[automatically_derived]
                    impl #impl_generics #krate::__private_v4::LabelSet for #ident #ty_generics #where_clause {
                        type Borrowed<'__b> = #ident #borrowed;
                        const NAMES: &'static [&'static ::core::primitive::str] = &[];
                        const CARDINALITY: ::core::option::Option<::core::primitive::usize> =
                            ::core::option::Option::None;
                        fn index(&self) -> ::core::primitive::usize { 0 }
                        fn visit(&self, _: &mut impl ::core::ops::FnMut(&::core::primitive::str)) {}
                        fn visit_at(
                            _: ::core::primitive::usize,
                            _: &mut dyn ::core::ops::FnMut(&'static ::core::primitive::str),
                        ) {}
                    }
                }
            }
            Self::LabelValue => quote_spanned! {Span::mixed_site()=>
                #[automatically_derived]
                impl #impl_generics #krate::__private_v4::LabelValue for #ident #ty_generics #where_clause {
                    const CARDINALITY: ::core::option::Option<::core::primitive::usize> = ::core::option::Option::None;
                    fn text<__R>(&self, __f: impl ::core::ops::FnOnce(&::core::primitive::str) -> __R) -> __R { __f("") }
                }
            },
            Self::State => quote_spanned! {Span::mixed_site()=>
                #[automatically_derived]
                impl #impl_generics #krate::__private_v4::State for #ident #ty_generics #where_clause {
                    const STATES: &'static [&'static ::core::primitive::str] = &[];
                    fn index(self) -> ::core::primitive::usize { 0 }
                }
            },
        }
    }

    /// The mistakes, and the implementation if at least the type's name is known.
    pub(crate) fn beside(self, krate: &Path, item: TokenStream, mut errors: TokenStream) -> TokenStream {
        if let Ok(input) = syn::parse2(item) {
            errors.extend(self.implementation(krate, &input));
        }
        errors
    }
}
