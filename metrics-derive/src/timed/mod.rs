//! `#[timed]`: calls, outcomes and duration of a function.

mod attr;
mod expand;

use proc_macro2::TokenStream;
use syn::Path;

use crate::{
    errors::Errors,
    function::{self, Function, Layer},
};
use attr::Options;

/// The attribute.
struct Timed;

impl function::Attribute for Timed {
    const TEXT: &'static str = "`#[timed]`";
    const WORD: &'static str = "timed";
    type Options = Options;

    fn options(tokens: TokenStream, krate: Path, errors: &mut Errors) -> Options {
        Options::parse(tokens, krate, errors)
    }

    fn layer(options: &Options, function: &Function, errors: &mut Errors) -> Layer {
        match &options.metric {
            Some(metric) => expand::own_metric(metric, function, errors),
            None => expand::site(options, function, errors),
        }
    }

    fn krate(options: &Options) -> &Path {
        &options.krate
    }
}

/// `#[timed(args)] item`
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    function::expand::<Timed>(args, item)
}
