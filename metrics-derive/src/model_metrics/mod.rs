//! `#[derive(ModelMetrics)]`: rows of a struct's table, counted.

mod expand;
mod parse;

use proc_macro2::TokenStream;
use syn::{Generics, Ident, Path};

use crate::errors::Errors;

/// The struct.
struct Model {
    krate: Path,
    ident: Ident,
    generics: Generics,
    name: String,
    table: String,
    on_statement: bool,
}

/// `#[derive(ModelMetrics)] item`
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    match parse::model(item, &mut errors) {
        Some(model) if errors.is_empty() => expand::implementation(&model),
        _ => errors.into_tokens(),
    }
}
