//! What all attributes on functions share: finding the function, keeping its body as tokens, and wrapping the body so
//! that its start and its end are seen, whatever kind of function it is.

mod argument;
mod asynchronous;
mod erase;
mod impl_block;
mod item;
mod parse;
pub(crate) mod probe;
mod signature;
mod tail;
mod wrap;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Path;

use crate::{errors::Errors, krate};
pub(crate) use impl_block::ImplBlock;
pub(crate) use item::Function;
pub(crate) use signature::{Output, Signature, is_function};
pub(crate) use wrap::{guard, value};

/// What an attribute wants to happen around a function's body. All parts may be empty.
///
/// Locals are hygienic, so parts see the function's arguments but the body never sees them.
#[derive(Default)]
pub(crate) struct Layer {
    /// Items at the top of the function: the static of a call site and its registration.
    pub(crate) items: TokenStream,
    /// Statements right before the work, inside of it: guards that live as long as the body runs.
    pub(crate) inside: TokenStream,
    /// How the outcome is seen, if it matters.
    pub(crate) outcome: Option<Outcome>,
}

/// How the outcome of a body is seen.
pub(crate) struct Outcome {
    /// Statements before anything of the body runs, with the arguments still in scope. An async function runs them
    /// when it is called.
    pub(crate) before: TokenStream,
    /// An expression for the guard; evaluated when the work starts, which for a future is its first poll.
    pub(crate) begin: TokenStream,
    /// Statements that use `__guard` and the returned value, behind the reference `__value`.
    pub(crate) end: TokenStream,
}

impl Outcome {
    /// Without a guard: only the end matters.
    pub(crate) fn unguarded() -> Self {
        Self { before: TokenStream::new(), begin: quote!(()), end: TokenStream::new() }
    }
}

/// An attribute on functions.
pub(crate) struct Attribute {
    /// How it is written, for messages: `#[timed]`.
    pub(crate) text: &'static str,
    /// The last word of its path, to find it on the methods of an `impl` block.
    pub(crate) word: &'static str,
    /// Reads its arguments. The path is the crate's, to use if they do not name one.
    pub(crate) options: fn(TokenStream, Path, &mut Errors) -> Box<dyn Options>,
}

/// The arguments of an attribute.
pub(crate) trait Options {
    /// Builds the layer for one function.
    fn layer(&self, function: &Function, errors: &mut Errors) -> Layer;

    /// The path of the crate in generated code.
    fn krate(&self) -> &Path;
}

/// `#[attribute(args)] item`
pub(crate) fn expand(attribute: &Attribute, args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let expanded = match parse::target(attribute, item.clone(), &mut errors) {
        Some(target) => {
            let options = (attribute.options)(args, krate::default(), &mut errors);
            match target {
                parse::Target::Function(function) => wrapped(attribute, &*options, &function, &mut errors),
                parse::Target::Impl(block) => block.expand(attribute, &*options, &mut errors),
            }
        }
        None => item,
    };
    let errors = errors.into_tokens();
    quote!(#expanded #errors)
}

/// The function with its layer around the body, or as it was if something is wrong with it.
fn wrapped(
    attribute: &Attribute,
    options: &dyn Options,
    function: &Function,
    errors: &mut Errors,
) -> TokenStream {
    let mut own = Errors::default();
    function.check(attribute, &mut own);
    let layer = options.layer(function, &mut own);
    if own.is_empty() {
        return wrap::function(options.krate(), function, &layer);
    }
    errors.extend(own);
    function.to_token_stream()
}
