//! `#[derive(LabelSet)]`: a struct as the labels of a series, or an enum as its only label.

mod expand;
mod one;
mod parse;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Generics, Ident, Path, Type};

use crate::errors::Errors;

use one::One;

/// The struct.
struct Set {
    krate: Path,
    ident: Ident,
    generics: Generics,
    labels: Vec<Label>,
}

/// One field.
struct Label {
    ident: Ident,
    name: String,
    ty: Type,
}

/// `#[derive(LabelSet)] item`
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(input) = errors.keep(syn::parse2::<DeriveInput>(item)) else { return errors.into_tokens() };
    if matches!(input.data, Data::Enum(_)) {
        let one = One::parse(input, &mut errors);
        // If only its name is wrong, it is a label set, and the compiler need not say that it is none.
        let implementation = one.map(|one| one.implementation());
        let errors = errors.into_tokens();
        return quote!(#errors #implementation);
    }
    match parse::set(input, &mut errors) {
        Some(set) if errors.is_empty() => expand::implementation(&set),
        _ => errors.into_tokens(),
    }
}
