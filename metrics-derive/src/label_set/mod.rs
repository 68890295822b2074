//! `#[derive(LabelSet)]`: a struct as the labels of a series.

mod expand;
mod parse;

use proc_macro2::TokenStream;
use syn::{Generics, Ident, Path, Type};

use crate::errors::Errors;

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
    match parse::set(item, &mut errors) {
        Some(set) if errors.is_empty() => expand::implementation(&set),
        _ => errors.into_tokens(),
    }
}
