//! `#[gauge_fn]`: a function that is asked at every scrape.

mod attr;
mod expand;
mod parse;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Ident, Path, Visibility};

use crate::{errors::Errors, lint::Kind, metric::declared::Declared};
use attr::Options;

/// A function without arguments; its body does not matter here.
struct Function {
    attrs: Vec<Attribute>,
    vis: Visibility,
    ident: Ident,
    /// What it returns.
    ty: Option<TokenStream>,
}

/// All that is known about one declaration.
struct Gauge {
    krate: Path,
    function: Function,
    declared: Declared,
}

/// `#[gauge_fn(args)] fn …`
pub(crate) fn expand(args: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = Options::parse(args, &mut errors);
    let gauge = parse::function(item.clone(), &mut errors).map(|function| {
        let declared =
            Declared::new(&function.ident, &function.attrs, Kind::Gauge, &options.naming, &mut errors);
        Gauge { krate: options.krate, function, declared }
    });
    let registration = match gauge {
        Some(gauge) if errors.is_empty() => expand::registration(&gauge),
        _ => errors.into_tokens(),
    };
    quote!(#item #registration)
}
