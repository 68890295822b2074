//! `#[model_op(Order, insert)]`: rows of a model that a function has written.

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
struct ModelOp;

impl function::Attribute for ModelOp {
    const TEXT: &'static str = "`#[model_op]`";
    const WORD: &'static str = "model_op";
    type Options = Options;

    fn options(tokens: TokenStream, krate: Path, errors: &mut Errors) -> Options {
        Options::parse(tokens, krate, errors)
    }

    fn layer(options: &Options, _: &Function, errors: &mut Errors) -> Layer {
        expand::layer(options, errors)
    }

    fn krate(options: &Options) -> &Path {
        &options.krate
    }
}

/// `#[model_op(args)] item`
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    function::expand::<ModelOp>(args, item)
}
