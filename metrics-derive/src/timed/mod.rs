//! `#[timed]`: calls, outcomes and duration of a function.

mod attr;
mod expand;

use proc_macro2::TokenStream;
use syn::Path;

use crate::{
    errors::Errors,
    function::{self, Attribute, Function, Layer},
};
use attr::Options;

const ATTRIBUTE: Attribute = Attribute {
    text: "`#[timed]`",
    word: "timed",
    options: |tokens, krate, errors| Box::new(Options::parse(tokens, krate, errors)),
};

impl function::Options for Options {
    fn layer(&self, function: &Function, errors: &mut Errors) -> Layer {
        match &self.metric {
            Some(metric) => expand::own_metric(metric, function, errors),
            None => expand::site(self, function, errors),
        }
    }

    fn krate(&self) -> &Path {
        &self.krate
    }
}

/// `#[timed(args)] item`
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(&ATTRIBUTE, args, item)
}
