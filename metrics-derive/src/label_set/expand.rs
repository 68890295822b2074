//! The implementation of `LabelSet`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Generics, parse_quote};

use super::set::{Label, Set};
use crate::generics::borrowed;

/// Names, the number of different sets, and the way from a set to its number and back: a number in mixed radix, the
/// last label fastest.
pub(super) fn implementation(set: &Set) -> TokenStream {
    let Set { krate, ident, labels, .. } = set;
    let generics = bounded(set);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let borrowed = borrowed(&set.generics);
    let names = labels.iter().map(|label| &label.name);
    let fields: Vec<&Ident> = labels.iter().map(|label| &label.ident).collect();
    let types = labels.iter().map(|label| &label.ty);
    let cardinalities: Vec<TokenStream> = labels.iter().map(|label| cardinality(set, label)).collect();
    let text_ats =
        labels.iter().map(|Label { ty, .. }| quote!(<#ty as #krate::__private_v4::LabelValue>::text_at));
    // Each label by itself was refused unless that was allowed.
    let allows_cardinality = labels.iter().any(|label| label.allows_cardinality);
    let index = index(set, &fields);
    let visit_at = visit_at(set);
    quote_spanned! {Span::mixed_site()=>
        #[automatically_derived]
        impl #impl_generics #krate::__private_v4::LabelSet for #ident #ty_generics #where_clause {
            type Borrowed<'__b> = #ident #borrowed;

            const NAMES: &'static [&'static ::core::primitive::str] = &[#(#names),*];

            const CARDINALITY: ::core::option::Option<::core::primitive::usize> =
                #krate::__private_v4::product(&[#(#cardinalities),*]);

            const ALLOWS_CARDINALITY: ::core::primitive::bool = #allows_cardinality;

            #[inline]
            fn index(&self) -> ::core::primitive::usize {
                #index
            }

            #[inline(always)]
            fn visit(&self, __f: &mut impl ::core::ops::FnMut(&::core::primitive::str)) {
                #(<#types as #krate::__private_v4::LabelValue>::text(&self.#fields, |__text| __f(__text));)*
            }

            fn visit_at(
                __index: ::core::primitive::usize,
                __f: &mut dyn ::core::ops::FnMut(&'static ::core::primitive::str),
            ) {
                #visit_at
            }

            fn visit_closed(__f: &mut #krate::__private_v4::VisitValues<'_>) {
                #(__f(#cardinalities, #text_ats);)*
            }
        }
    }
}

/// `<T as LabelValue>::CARDINALITY`
fn cardinality(set: &Set, label: &Label) -> TokenStream {
    let (krate, ty) = (&set.krate, &label.ty);
    quote!(<#ty as #krate::__private_v4::LabelValue>::CARDINALITY)
}

/// The generics with `T: LabelValue` for each type.
fn bounded(set: &Set) -> Generics {
    let krate = &set.krate;
    let mut generics = set.generics.clone();
    for param in generics.type_params_mut() {
        param.bounds.push(parse_quote!(#krate::__private_v4::LabelValue));
    }
    generics
}

/// The number of a set. It is computed only if every label is closed, so that it cannot overflow.
fn index(set: &Set, fields: &[&Ident]) -> TokenStream {
    let krate = &set.krate;
    let mut number = TokenStream::new();
    for (label, field) in set.labels.iter().zip(fields) {
        let ty = &label.ty;
        let digit = quote_spanned!(Span::mixed_site()=> <#ty as #krate::__private_v4::LabelValue>::index(&self.#field));
        number = if number.is_empty() {
            digit
        } else {
            let radix = radix(set, label);
            quote!(#krate::__private_v4::append_digit(#number, #radix, #digit))
        };
    }
    quote_spanned! {Span::mixed_site()=>
        if ::core::option::Option::is_none(&<Self as #krate::__private_v4::LabelSet>::CARDINALITY) {
            return 0;
        }
        #number
    }
}

/// The texts of the set of a number.
fn visit_at(set: &Set) -> TokenStream {
    let krate = &set.krate;
    let rest = Ident::new("__rest", Span::mixed_site());
    let digits: Vec<Ident> =
        (0..set.labels.len()).map(|at| format_ident!("__digit{at}", span = Span::mixed_site())).collect();
    let mut statements = TokenStream::new();
    for (at, (label, digit)) in set.labels.iter().zip(&digits).enumerate().rev() {
        statements.extend(if at == 0 {
            quote!(let #digit = #rest;)
        } else {
            let radix = radix(set, label);
            quote!(let (#rest, #digit) = #krate::__private_v4::split_digit(#rest, #radix);)
        });
    }
    for (label, digit) in set.labels.iter().zip(&digits) {
        let ty = &label.ty;
        statements.extend(
            quote_spanned!(Span::mixed_site()=> __f(<#ty as #krate::__private_v4::LabelValue>::text_at(#digit));),
        );
    }
    quote_spanned! {Span::mixed_site()=>
        if ::core::option::Option::is_none(&<Self as #krate::__private_v4::LabelSet>::CARDINALITY) {
            return;
        }
        let #rest = __index;
        #statements
    }
}

/// The number of values of one label, as a constant.
fn radix(set: &Set, label: &Label) -> TokenStream {
    let krate = &set.krate;
    let cardinality = cardinality(set, label);
    quote!(#krate::__private_v4::radix(#cardinality))
}
