//! `#[metric]`: a static that the registry finds.

pub(crate) mod attr;
pub(crate) mod declared;
pub(crate) mod expand;
pub(crate) mod parse;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Ident, Token, Visibility};

use crate::{errors::Errors, lint::Kind};
use attr::{Builders, Options};
use declared::Declared;

/// A static as written; its type and its initializer are kept as tokens.
pub(crate) struct Static {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) keyword: Token![static],
    pub(crate) ident: Ident,
    pub(crate) colon: Token![:],
    pub(crate) ty: TokenStream,
    pub(crate) equals: Token![=],
    pub(crate) init: TokenStream,
    pub(crate) semicolon: Token![;],
}

/// All that is known about one declaration.
pub(crate) struct Metric {
    pub(crate) item: Static,
    pub(crate) declared: Declared,
    pub(crate) builders: Builders,
}

impl Metric {
    /// Joins a static and the options it was given.
    pub(crate) fn new(item: Static, options: Options, errors: &mut Errors) -> Self {
        let kind = Kind::guess(&item.ty);
        let declared = Declared::new(&item.ident, &item.attrs, kind, &options.naming, errors);
        Self { item, declared, builders: options.builders }
    }
}

/// `#[metric(args)] item`
pub(crate) fn expand(args: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = Options::parse(args, &mut errors);
    let krate = options.krate.clone();
    let item = match syn::parse2::<Static>(item.clone()) {
        Ok(item) => item,
        Err(error) => {
            errors.push(error);
            let errors = errors.into_tokens();
            return quote!(#item #errors);
        }
    };
    let metric = Metric::new(item, options, &mut errors);
    if errors.is_empty() {
        return expand::one(&krate, &metric);
    }
    let (item, errors) = (&metric.item, errors.into_tokens());
    quote!(#item #errors)
}
