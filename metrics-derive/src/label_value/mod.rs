//! `#[derive(LabelValue)]`: an enum as a closed set of label values.

mod expand;

use proc_macro2::TokenStream;

use crate::{errors::Errors, variants::Variants};

/// `#[derive(LabelValue)] item`
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    match Variants::parse("#[derive(LabelValue)]", item, &mut errors) {
        Some(variants) if errors.is_empty() => expand::implementation(&variants),
        _ => errors.into_tokens(),
    }
}
