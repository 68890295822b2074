//! The arguments of `#[gauge_refresh]`, and the function that it is on.

use std::time::Duration;

use proc_macro2::{Span, TokenStream};
use syn::{
    Attribute, Ident, Path, Token, Visibility,
    parse::{ParseStream, Parser},
};

use crate::{
    args::Args,
    errors::Errors,
    expression::Expression,
    function::{Signature, is_function},
    metric::parse::Naming,
};

/// How long a refresh may take unless told otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Everything that `#[gauge_refresh]` takes.
pub(super) struct Options {
    pub(super) krate: Path,
    pub(super) naming: Naming,
    pub(super) every: Duration,
    pub(super) timeout: Duration,
    /// The type of the labels.
    pub(super) labels: Option<Expression>,
}

/// An asynchronous function without arguments; its body does not matter here.
pub(super) struct Function {
    pub(super) attrs: Vec<Attribute>,
    pub(super) vis: Visibility,
    pub(super) ident: Ident,
    /// What its future returns.
    pub(super) ty: TokenStream,
}

impl Options {
    /// Reads the arguments and reports what it does not know.
    pub(super) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Args::parse("`#[gauge_refresh]`", tokens, errors);
        let krate = args.krate(errors);
        let naming = Naming::take(&mut args, errors);
        let is_given = args.has("every");
        let every = args.duration("every", errors);
        if !is_given {
            errors.at(
                Span::call_site(),
                "`#[gauge_refresh]` needs to know how often: `#[gauge_refresh(every = \"60s\")]`",
            );
        }
        let timeout = args.duration("timeout", errors);
        let labels = args.value("labels", errors);
        args.finish(
            &[
                "every",
                "timeout",
                "labels",
                "name",
                "namespace",
                "subsystem",
                "help",
                "unit",
                "allow(…)",
                "alert(…)",
                "panel(…)",
                "crate",
            ],
            errors,
        );
        let (every, timeout) = (every.unwrap_or(TIMEOUT), timeout.unwrap_or(TIMEOUT));
        Self { krate, naming, every, timeout, labels }
    }
}

/// Reads the head of a function and reports whatever keeps it from being called by a task.
pub(super) fn function(tokens: TokenStream, errors: &mut Errors) -> Option<Function> {
    let parser = |input: ParseStream<'_>| {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis: Visibility = input.parse()?;
        if !is_function(input) {
            return Err(input.error(
                "`#[gauge_refresh]` goes on an `async fn` without arguments that returns a `Result` of a number",
            ));
        }
        let sig: Signature = input.parse()?;
        if input.peek(Token![;]) {
            return Err(input.error("`#[gauge_refresh]` needs a function with a body"));
        }
        input.parse::<TokenStream>()?;
        Ok((attrs, vis, sig))
    };
    let (attrs, vis, sig) = errors.keep(parser.parse2(tokens))?;
    if sig.qualifier("async").is_none() {
        errors.spanned(
            &sig.ident,
            "`#[gauge_refresh]` goes on an `async fn`; what returns at once is called at each scrape by `#[gauge_fn]`",
        );
    }
    if let Some(unsafety) = sig.qualifier("unsafe") {
        errors.spanned(
            unsafety,
            "`#[gauge_refresh]` is called by a task, which cannot promise what an `unsafe fn` asks for",
        );
    }
    if let Some(argument) = sig.arguments().first() {
        errors.spanned(
            argument,
            "`#[gauge_refresh]` is called by a task, which has no arguments to give: read what it needs from a static",
        );
    }
    if let Some(parameter) = sig.parameters().first() {
        errors.spanned(
            parameter,
            "`#[gauge_refresh]` cannot be generic: the task would not know which one to call",
        );
    }
    let Some(output) = sig.output else {
        errors.spanned(
            &sig.ident,
            "`#[gauge_refresh]` returns the number to show, or an error: let it return a `Result`",
        );
        return None;
    };
    Some(Function { attrs, vis, ident: sig.ident, ty: output.ty })
}
