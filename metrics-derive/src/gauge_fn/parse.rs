//! Which functions can be a gauge.

use proc_macro2::TokenStream;
use syn::{
    Attribute, Token, Visibility,
    parse::{ParseStream, Parser},
};

use super::Function;
use crate::{
    errors::Errors,
    function::{Signature, is_function},
};

/// Reads the head of a function and reports whatever keeps it from being called at a scrape.
pub(super) fn function(tokens: TokenStream, errors: &mut Errors) -> Option<Function> {
    let parser = |input: ParseStream<'_>| {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis: Visibility = input.parse()?;
        if !is_function(input) {
            return Err(
                input.error("`#[gauge_fn]` goes on a function without arguments that returns a number")
            );
        }
        let sig: Signature = input.parse()?;
        if input.peek(Token![;]) {
            return Err(input.error("`#[gauge_fn]` needs a function with a body"));
        }
        input.parse::<TokenStream>()?;
        Ok((attrs, vis, sig))
    };
    let (attrs, vis, sig) = errors.keep(parser.parse2(tokens))?;
    if let Some(asyncness) = sig.qualifier("async") {
        errors.spanned(asyncness, "`#[gauge_fn]` is called while metrics are written, where nothing can be awaited: keep the number in a `Gauge` and set it from a task");
    }
    if let Some(unsafety) = sig.qualifier("unsafe") {
        errors.spanned(
            unsafety,
            "`#[gauge_fn]` is called by the scrape, which cannot promise what an `unsafe fn` asks for",
        );
    }
    if let Some(argument) = sig.arguments().first() {
        errors.spanned(argument, "`#[gauge_fn]` is called by the scrape, which has no arguments to give: read what it needs from a static");
    }
    if let Some(parameter) = sig.parameters().first() {
        errors.spanned(
            parameter,
            "`#[gauge_fn]` cannot be generic: the scrape would not know which one to call",
        );
    }
    if sig.output.is_none() {
        errors
            .spanned(&sig.ident, "`#[gauge_fn]` returns the number to show: an integer, a float or a `bool`");
    }
    Some(Function { attrs, vis, ident: sig.ident, ty: sig.output.map(|output| output.ty) })
}
