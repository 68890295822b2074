//! The arguments of attributes that take one metric: `#[counted]`, `#[in_flight]` and `#[count_errors]`.

use proc_macro2::{Span, TokenStream};
use syn::Path;

use crate::{args::Args, errors::Errors, expression::Expression};

/// One metric and the crate's path.
pub(crate) struct MetricOptions {
    pub(crate) krate: Path,
    /// `None` only if a mistake was reported.
    pub(crate) metric: Option<Expression>,
}

impl MetricOptions {
    /// Reads the arguments. `example` shows the attribute in use, `what` says what it takes.
    pub(crate) fn parse(
        attribute: &'static str,
        example: &str,
        what: &'static str,
        tokens: TokenStream,
        krate: Path,
        errors: &mut Errors,
    ) -> Self {
        let mut args = Args::parse(attribute, tokens, errors);
        let krate = args.krate_or(krate, errors);
        let metric = args.expression();
        if let Some(word) = metric.as_ref().and_then(Expression::as_word).filter(|word| word == "skip") {
            errors.at(
                word.span(),
                format_args!(
                    "`skip` says that {attribute} on the `impl` block leaves this method alone; without {attribute} \
                     on the block, leave it out"
                ),
            );
        } else if metric.is_none() && errors.is_empty() {
            errors.at(Span::call_site(), format_args!("{attribute} needs {what}: `{example}`"));
        }
        args.finish(&["crate", what], errors);
        Self { krate, metric }
    }
}
