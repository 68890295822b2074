//! `#[timed]`: calls, outcomes and duration of a function.

mod expand;

use proc_macro2::{Span, TokenStream};
use syn::Path;

use crate::{
    args::{Args, Text},
    errors::Errors,
    expression::Expression,
    function::{self, Attribute, Function, Layer, Names},
};

pub(crate) const ATTRIBUTE: Attribute = Attribute {
    text: "`#[timed]`",
    word: "timed",
    options: |tokens, krate, errors| Box::new(Options::parse(tokens, krate, errors)),
};

impl function::Options for Options {
    fn layer(&self, function: &Function, names: &Names, errors: &mut Errors) -> Layer {
        match &self.metric {
            Some(metric) => expand::own_metric(metric, function, errors),
            None => expand::site(self, function, names, errors),
        }
    }

    fn krate(&self) -> &Path {
        &self.krate
    }
}

/// `#[timed(args)] item`
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(&ATTRIBUTE, args, item)
}

/// Everything that `#[timed]` takes.
struct Options {
    krate: Path,
    /// The metric to observe into, in place of the `function_*` families.
    metric: Option<Expression>,
    name: Option<Text>,
    in_flight: bool,
    error: Option<ErrorKind>,
}

/// Where the label value of an error comes from.
enum ErrorKind {
    /// The error is one.
    Itself(Span),
    /// A path or a closure makes one of it.
    From(Expression),
}

impl ErrorKind {
    /// Where it is written.
    fn span(&self) -> Span {
        match self {
            Self::Itself(span) => *span,
            Self::From(expression) => expression.span(),
        }
    }
}

const KNOWN: &[&str] = &["name", "in_flight", "error", "crate", "a histogram or summary"];

impl Options {
    /// Reads the arguments and reports what it does not know.
    fn parse(tokens: TokenStream, krate: Path, errors: &mut Errors) -> Self {
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
        let metric = args.expression();
        args.finish(KNOWN, errors);
        if metric.is_some() {
            let given = [name.as_ref().map(Text::span), in_flight, error.as_ref().map(ErrorKind::span)];
            for span in given.into_iter().flatten() {
                refuse_beside_metric(span, errors);
            }
        }
        Self { krate, metric, name, in_flight: in_flight.is_some(), error }
    }
}

fn refuse_beside_metric(span: Span, errors: &mut Errors) {
    errors.at(
        span,
        "`name`, `in_flight` and `error` belong to the `function_*` families; with a metric of your own, \
         `#[timed(METRIC)]` only observes the duration into it",
    );
}
