//! The arguments of `#[job]`.

use std::time::Duration;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use crate::{args::Args, errors::Errors, expression::Expression, text::Text};

/// Everything that `#[job]` takes.
pub(super) struct Options {
    pub(super) krate: Path,
    pub(super) name: Option<Text>,
    pub(super) overdue_after: Option<Duration>,
}

impl Options {
    /// Reads the arguments and reports what it does not know.
    pub(super) fn parse(tokens: TokenStream, krate: Path, errors: &mut Errors) -> Self {
        let mut args = Args::parse("`#[job]`", tokens, errors);
        let krate = args.krate_or(krate, errors);
        let name = args.text("name", errors);
        let overdue_after = args.duration("overdue_after", errors);
        if let Some(skip) = args.flag("skip", errors) {
            errors.at(
                skip,
                "`skip` says that `#[job]` on the `impl` block leaves this method alone; without `#[job]` on the block, \
                 leave it out",
            );
        }
        if let Some(every) = args.value("every", errors) {
            errors.spanned(
                every,
                "`#[job]` measures a function, and does not run it: let a scheduler, or a loop with a timer, call it; to be alerted \
                 when it was not, write how long it may take to the next success: `overdue_after = \"2h\"`",
            );
        }
        let unnamed = args.expression();
        if let Some(text) = unnamed.as_ref().and_then(Expression::as_string) {
            errors.at(
                text.span(),
                format_args!("to give the job another name, write `name = {}`", quote!(#text)),
            );
        } else if let Some(unnamed) = unnamed {
            errors.spanned(
                unnamed,
                "`#[job]` takes `name`, `overdue_after` and `crate`; to measure into a metric of your own, write `#[timed(METRIC)]` beside it",
            );
        }
        args.finish(&["name", "overdue_after", "crate"], errors);
        Self { krate, name, overdue_after }
    }
}
