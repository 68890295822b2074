//! `#[metrics]`: every static of a module.

mod attr;
mod expand;
mod parse;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Ident, LitStr, Path, Visibility, token::Brace};

use crate::{errors::Errors, metric::Metric};

/// A module, its statics understood and everything else kept as tokens.
pub(crate) struct Module {
    attrs: Vec<Attribute>,
    vis: Visibility,
    mod_token: syn::Token![mod],
    ident: Ident,
    brace: Brace,
    items: Vec<Item>,
}

/// What stands in the module.
enum Item {
    Metric(Box<Metric>),
    Other(TokenStream),
}

/// What the module gives to each static that does not say otherwise.
struct Defaults {
    krate: Path,
    namespace: Option<LitStr>,
    subsystem: Option<LitStr>,
}

/// `#[metrics(args)] mod name { … }`
pub(crate) fn expand(args: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let defaults = Defaults::parse(args, &mut errors);
    match parse::module(item.clone(), &defaults, &mut errors) {
        Ok(module) => expand::module(&defaults, &module, errors),
        Err(error) => {
            errors.push(error);
            let errors = errors.into_tokens();
            quote!(#item #errors)
        }
    }
}
