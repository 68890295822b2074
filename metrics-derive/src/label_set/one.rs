//! An enum that is a label set of one label: it is the label's value already.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{DeriveInput, Generics, Ident, Path, ext::IdentExt};

use crate::{
    case::Case,
    errors::Errors,
    generics::borrowed,
    naming::{LabelOf, check_label},
    variants::EnumArgs,
};

/// The enum.
pub(super) struct One {
    krate: Path,
    ident: Ident,
    generics: Generics,
    name: String,
    allows_cardinality: bool,
}

impl One {
    /// Reads the enum's name and what `#[label(…)]` says of it. The variants are the concern of `LabelValue`. A name that
    /// cannot be one is reported and kept.
    pub(super) fn parse(input: DeriveInput, errors: &mut Errors) -> Option<Self> {
        let args = EnumArgs::parse(&input.attrs, errors);
        if !errors.is_empty() {
            return None;
        }
        let (name, span) = match args.name {
            Some(text) => (text.value(), text.span()),
            None => (Case::Snake.apply(&input.ident.unraw().to_string()), input.ident.span()),
        };
        check_label(&name, span, args.allowed, LabelOf::Enum, errors);
        Some(Self {
            krate: args.krate,
            ident: input.ident,
            generics: input.generics,
            name,
            allows_cardinality: args.allowed.cardinality,
        })
    }

    /// Everything but the name comes from `LabelValue`.
    pub(super) fn implementation(&self) -> TokenStream {
        let Self { krate, ident, generics, name, allows_cardinality } = self;
        let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
        let borrowed = borrowed(generics);
        // At the enum's name, where the compiler then says that it is not a label value.
        let value = quote_spanned!(ident.span().resolved_at(Span::mixed_site())=> Self);
        let value = quote!(<#value as #krate::__private_v4::LabelValue>);
        quote_spanned! {Span::mixed_site()=>
            #[automatically_derived]
            impl #impl_generics #krate::__private_v4::LabelSet for #ident #ty_generics #where_clause {
                type Borrowed<'__b> = #ident #borrowed;

                const NAMES: &'static [&'static ::core::primitive::str] = &[#name];

                const CARDINALITY: ::core::option::Option<::core::primitive::usize> = #value::CARDINALITY;

                const ALLOWS_CARDINALITY: ::core::primitive::bool = #allows_cardinality;

                #[inline]
                fn index(&self) -> ::core::primitive::usize {
                    #value::index(self)
                }

                #[inline]
                fn visit(&self, __f: &mut impl ::core::ops::FnMut(&::core::primitive::str)) {
                    #value::text(self, |__text| __f(__text));
                }

                fn visit_at(
                    __index: ::core::primitive::usize,
                    __f: &mut dyn ::core::ops::FnMut(&'static ::core::primitive::str),
                ) {
                    // A `LabelValue` written by hand may be open.
                    if ::core::option::Option::is_some(&#value::CARDINALITY) {
                        __f(#value::text_at(__index));
                    }
                }

                fn visit_closed(__f: &mut #krate::__private_v4::VisitValues<'_>) {
                    __f(#value::CARDINALITY, #value::text_at);
                }
            }
        }
    }
}
