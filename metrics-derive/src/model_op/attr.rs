//! The arguments of `#[model_op]`.

use proc_macro2::{Span, TokenStream};
use syn::{
    Ident, Path, Token, Type,
    parse::{ParseStream, Parser, Result},
};

use crate::{args::Args, errors::Errors, expression::Expression};

/// Everything that `#[model_op]` takes.
pub(super) struct Options {
    pub(super) krate: Path,
    /// The model and what is done to it; `None` only if a mistake was reported.
    pub(super) target: Option<(Type, Operation)>,
    pub(super) rows: Option<Expression>,
}

/// What is done to rows.
#[derive(Clone, Copy)]
pub(super) enum Operation {
    Insert,
    Update,
    Delete,
}

const EXAMPLE: &str = "`#[model_op]` needs a model and what is done to it: `#[model_op(Order, insert)]`, with `insert`, \
     `update` or `delete`";

impl Options {
    /// Reads the arguments.
    pub(super) fn parse(tokens: TokenStream, krate: Path, errors: &mut Errors) -> Self {
        let Some((target, rest)) = errors.keep(head.parse2(tokens)) else {
            return Self { krate, target: None, rows: None };
        };
        let mut args = Args::parse("`#[model_op]`", rest, errors);
        let options = Self {
            krate: args.krate_or(krate, errors),
            target: Some(target),
            rows: args.value("rows", errors),
        };
        args.finish(&["a model", "an operation", "rows", "crate"], errors);
        options
    }
}

/// `Model, operation`, and the tokens that follow.
fn head(input: ParseStream<'_>) -> Result<((Type, Operation), TokenStream)> {
    if input.is_empty() {
        return Err(syn::Error::new(Span::call_site(), EXAMPLE));
    }
    let model: Type = input.parse()?;
    if input.is_empty() {
        return Err(syn::Error::new_spanned(model, EXAMPLE));
    }
    input.parse::<Token![,]>()?;
    let word: Ident = input.parse().map_err(|error| syn::Error::new(error.span(), EXAMPLE))?;
    let operation = match word.to_string().as_str() {
        "insert" => Operation::Insert,
        "update" => Operation::Update,
        "delete" => Operation::Delete,
        _ => {
            let message =
                format!("`{word}` is no operation; rows are counted for `insert`, `update` and `delete`");
            return Err(syn::Error::new(word.span(), message));
        }
    };
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    Ok(((model, operation), input.parse()?))
}
