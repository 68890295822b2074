//! The arguments of `#[timed]`.

use proc_macro2::{Span, TokenStream};
use syn::Path;

use crate::{annotation::Slo, args::Args, errors::Errors, expression::Expression, text::Text};

/// Everything that `#[timed]` takes.
pub(super) struct Options {
    pub(super) krate: Path,
    /// The metric to observe into, in place of the `function_*` families.
    pub(super) metric: Option<Expression>,
    pub(super) name: Option<Text>,
    pub(super) in_flight: bool,
    pub(super) error: Option<ErrorKind>,
    pub(super) slo: Option<Slo>,
}

/// Where the label value of an error comes from.
pub(super) enum ErrorKind {
    /// The error is one.
    Itself(Span),
    /// A path or a closure makes one of it.
    From(Expression),
}

impl ErrorKind {
    /// Where it is written.
    pub(super) fn span(&self) -> Span {
        match self {
            Self::Itself(span) => *span,
            Self::From(expression) => expression.span(),
        }
    }
}

pub(super) const KNOWN: &[&str] =
    &["name", "in_flight", "error", "slo(…)", "crate", "a histogram or summary"];

impl Options {
    /// Reads the arguments and reports what it does not know.
    pub(super) fn parse(tokens: TokenStream, krate: Path, errors: &mut Errors) -> Self {
        let mut args = Args::parse("`#[timed]`", tokens, errors);
        let krate = args.krate_or(krate, errors);
        let name = args.text("name", errors);
        let in_flight = args.flag("in_flight", errors);
        let error = args
            .flag_or_value("error", errors)
            .map(|(span, value)| value.map_or(ErrorKind::Itself(span), ErrorKind::From));
        if let Some(skip) = args.flag("skip", errors) {
            errors.at(
                skip,
                "`skip` says that `#[timed]` on the `impl` block leaves this method alone; without `#[timed]` on the \
                 block, leave it out",
            );
        }
        let objectives = args.calls("slo", errors);
        if let Some((word, _)) = objectives.get(1) {
            errors.at(word.span(), "`slo` is given twice; once is enough");
        }
        let slo = objectives.first().and_then(|(word, group)| Slo::of_function(word, group.stream(), errors));
        let metric = args.expression();
        args.finish(KNOWN, errors);
        if metric.is_some() {
            let given = [name.as_ref().map(Text::span), in_flight, error.as_ref().map(ErrorKind::span)];
            for span in given.into_iter().flatten() {
                refuse_beside_metric(span, errors);
            }
        }
        if let (Some(slo), Some(_)) = (&slo, &metric) {
            errors.at(
                slo.span,
                "an objective belongs to the metric that observes the durations: write `slo(latency = …)` into its `#[metric]`",
            );
        }
        Self { krate, metric, name, in_flight: in_flight.is_some(), error, slo }
    }
}

fn refuse_beside_metric(span: Span, errors: &mut Errors) {
    errors.at(
        span,
        "`name`, `in_flight` and `error` belong to the `function_*` families; with a metric of your own, \
         `#[timed(METRIC)]` only observes the duration into it",
    );
}
