//! `#[derive(LabelSet)]`: a struct as the labels of a series, or an enum as its only label.

mod expand;
mod one;
mod set;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput};

use crate::{errors::Errors, krate, stub::Stub};
use one::One;
use set::set;

/// `#[derive(LabelSet)] item`
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(input) = errors.keep(syn::parse2::<DeriveInput>(item.clone())) else {
        return errors.into_tokens();
    };
    if matches!(input.data, Data::Enum(_)) {
        let one = One::parse(input, &mut errors);
        // If only its name is wrong, it is a label set, and the compiler need not say that it is not one.
        return match one {
            Some(one) => {
                let (errors, implementation) = (errors.into_tokens(), one.implementation());
                quote!(#errors #implementation)
            }
            None => Stub::LabelSet.beside(&krate::default(), item, errors.into_tokens()),
        };
    }
    match set(input, &mut errors) {
        Some(set) if errors.is_empty() => expand::implementation(&set),
        set => {
            let krate = set.map_or_else(krate::default, |set| set.krate);
            Stub::LabelSet.beside(&krate, item, errors.into_tokens())
        }
    }
}
