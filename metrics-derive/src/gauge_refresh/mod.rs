//! `#[gauge_refresh]`: an asynchronous function that is called now and then.

mod expand;
mod parse;

use proc_macro2::TokenStream;
use quote::quote;
use tallymark_rules::Kind;

use crate::{errors::Errors, metric::declared::Declared};
use expand::registration;
use parse::{Options, function};

/// `#[gauge_refresh(args)] async fn …`
pub(crate) fn expand(args: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = Options::parse(args, &mut errors);
    let function = function(item.clone(), &mut errors).map(|function| {
        let declared =
            Declared::new(&function.ident, &function.attrs, Kind::Gauge, &options.naming, &mut errors);
        (function, declared)
    });
    let registration = match function {
        Some((function, declared)) if errors.is_empty() => registration(&options, &function, &declared),
        _ => errors.into_tokens(),
    };
    quote!(#item #registration)
}
