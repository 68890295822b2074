//! What an attribute for functions was put on.

use proc_macro2::TokenStream;
use syn::{
    Attribute as Attr, Token, Visibility,
    parse::{ParseStream, Parser},
};

use super::{impl_block::ImplBlock, item::Function, layer::Attribute, signature::is_function};
use crate::errors::Errors;

/// What can be measured.
pub(super) enum Target {
    Function(Box<Function>),
    Impl(ImplBlock),
}

/// Finds out what the attribute was put on; reports anything that cannot be measured.
pub(super) fn target(attribute: &Attribute, tokens: TokenStream, errors: &mut Errors) -> Option<Target> {
    let parser = |input: ParseStream<'_>| {
        let fork = input.fork();
        fork.call(Attr::parse_outer)?;
        fork.parse::<Visibility>()?;
        if is_impl(&fork) {
            return input.parse().map(Target::Impl);
        }
        if is_function(&fork) {
            return Ok(Target::Function(Box::new(input.parse()?)));
        }
        Err(fork.error(format_args!("{}", refusal(attribute.text, &fork))))
    };
    errors.keep(parser.parse2(tokens))
}

fn is_impl(input: ParseStream<'_>) -> bool {
    input.peek(Token![impl]) || (input.peek(Token![unsafe]) && input.peek2(Token![impl]))
}

/// Why the item that begins here cannot be measured.
fn refusal(text: &str, input: ParseStream<'_>) -> String {
    let is_unsafe = input.peek(Token![unsafe]);
    let what = if input.peek(Token![extern]) || (is_unsafe && input.peek2(Token![extern])) {
        return format!(
            "{text} cannot be used on an `extern` declaration: its body is not Rust; write a function that calls it and \
             measure that one"
        );
    } else if input.peek(Token![trait]) || (is_unsafe && input.peek2(Token![trait])) {
        return format!(
            "{text} cannot be used on a trait: put it on the methods that have a body, or on the implementations"
        );
    } else if input.peek(Token![struct]) {
        "a struct"
    } else if input.peek(Token![enum]) {
        "an enum"
    } else if input.peek(Token![mod]) {
        "a module"
    } else if input.peek(Token![static]) {
        "a static"
    } else if input.peek(Token![const]) {
        "a constant"
    } else {
        "something else"
    };
    format!("{text} goes on a function, a method or an `impl` block; this is {what}")
}
