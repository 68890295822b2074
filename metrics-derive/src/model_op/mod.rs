//! `#[model_op(Order, insert)]`: rows of a model that a function has written.

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
    text: "`#[model_op]`",
    word: "model_op",
    options: |tokens, krate, errors| Box::new(Options::parse(tokens, krate, errors)),
};

impl function::Options for Options {
    fn layer(&self, function: &Function, errors: &mut Errors) -> Layer {
        expand::layer(self, function, errors)
    }

    fn krate(&self) -> &Path {
        &self.krate
    }
}

/// `#[model_op(args)] item`
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(&ATTRIBUTE, args, item)
}
