//! `#[derive(StateSet)]`: an enum as the states of a state set.

mod expand;

use proc_macro2::TokenStream;

use crate::{errors::Errors, variants::Variants};

/// `#[derive(StateSet)] item`
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let variants = Variants::parse("#[derive(StateSet)]", item, &mut errors);
    for variant in variants.iter().flat_map(|variants| &variants.list) {
        if variant.has_data {
            errors.at(
                variant.ident.span(),
                "a state holds no data: a state set is copied about and only knows which state is on",
            );
        }
    }
    match variants {
        Some(variants) if errors.is_empty() => expand::implementation(&variants),
        _ => errors.into_tokens(),
    }
}
