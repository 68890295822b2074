//! Attributes that take one metric: `#[counted]`, `#[in_flight]` and `#[count_errors]`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

use crate::{
    args::Args,
    errors::Errors,
    expression::Expression,
    function::{self, Attribute, Function, Layer, Options, Outcome, probe, value},
};

/// One metric and the crate's path.
struct MetricOptions {
    krate: Path,
    /// `None` only if a mistake was reported.
    metric: Option<Expression>,
}

impl MetricOptions {
    /// Reads the arguments. `example` shows the attribute in use, `what` says what it takes.
    fn parse(
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

/// `metric.method()`. The method has the span of the expression, so a metric of another kind is reported there.
pub(crate) fn call(metric: &Expression, method: &str) -> TokenStream {
    let span = metric.span().resolved_at(Span::mixed_site());
    let (metric, method) = (metric.operand(), Ident::new(method, span));
    quote_spanned!(span=> #metric.#method())
}

const COUNTED: Attribute = Attribute {
    text: "`#[counted]`",
    word: "counted",
    options: |tokens, krate, errors| {
        const EXAMPLE: &str = "#[counted(ORDERS_CREATED_TOTAL)]";
        Box::new(Counted(MetricOptions::parse(COUNTED.text, EXAMPLE, "a counter", tokens, krate, errors)))
    },
};

struct Counted(MetricOptions);

impl Options for Counted {
    fn layer(&self, _: &Function, _: &mut Errors) -> Layer {
        let Some(metric) = &self.0.metric else { return Layer::default() };
        let inc = call(metric, "inc");
        Layer { inside: quote_spanned!(Span::mixed_site()=> #inc;), ..Layer::default() }
    }

    fn krate(&self) -> &Path {
        &self.0.krate
    }
}

/// `#[counted(args)] item`
pub(crate) fn counted(args: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(&COUNTED, args, item)
}

const IN_FLIGHT: Attribute = Attribute {
    text: "`#[in_flight]`",
    word: "in_flight",
    options: |tokens, krate, errors| {
        const EXAMPLE: &str = "#[in_flight(PAYMENTS_IN_FLIGHT)]";
        const WHAT: &str = "an up-down counter";
        Box::new(InFlight(MetricOptions::parse(IN_FLIGHT.text, EXAMPLE, WHAT, tokens, krate, errors)))
    },
};

struct InFlight(MetricOptions);

impl Options for InFlight {
    fn layer(&self, _: &Function, _: &mut Errors) -> Layer {
        let Some(metric) = &self.0.metric else { return Layer::default() };
        let guard = Ident::new("__in_flight", Span::mixed_site());
        let enter = call(metric, "in_flight");
        Layer { inside: quote_spanned!(Span::mixed_site()=> let #guard = #enter;), ..Layer::default() }
    }

    fn krate(&self) -> &Path {
        &self.0.krate
    }
}

/// `#[in_flight(args)] item`
pub(crate) fn in_flight(args: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(&IN_FLIGHT, args, item)
}

const COUNT_ERRORS: Attribute = Attribute {
    text: "`#[count_errors]`",
    word: "count_errors",
    options: |tokens, krate, errors| {
        const EXAMPLE: &str = "#[count_errors(PAYMENTS_FAILED_TOTAL)]";
        const WHAT: &str = "a counter or a closure";
        Box::new(CountErrors(MetricOptions::parse(COUNT_ERRORS.text, EXAMPLE, WHAT, tokens, krate, errors)))
    },
};

struct CountErrors(MetricOptions);

impl Options for CountErrors {
    fn layer(&self, function: &Function, errors: &mut Errors) -> Layer {
        let Some(metric) = &self.0.metric else { return Layer::default() };
        if function.output().is_none() {
            if !function.is_measured_with_its_block() {
                errors.spanned(
                    &function.sig.ident,
                    "`#[count_errors]` counts `Err`, and this function returns nothing; let it return a `Result`",
                );
            }
            return Layer::default();
        }
        let outcome = match metric.as_closure() {
            Some(_) if !function.looks_fallible() => return Layer::default(),
            Some(closure) => {
                let error = Ident::new("__error", Span::mixed_site());
                let counter = closure.applied(&quote!(#error), errors);
                let arm =
                    probe::if_err(function, &error, &quote_spanned!(Span::mixed_site()=> (#counter).inc();));
                Outcome { before: TokenStream::new(), end: arm, ..Outcome::unguarded() }
            }
            None => looked_up(&self.0.krate, metric, function),
        };
        Layer { outcome: Some(outcome), ..Layer::default() }
    }

    fn krate(&self) -> &Path {
        &self.0.krate
    }
}

/// The counter is looked up before the body runs, while the arguments are in scope.
fn looked_up(krate: &Path, metric: &Expression, function: &Function) -> Outcome {
    let counter = Ident::new("__counter", Span::mixed_site());
    // A handle is moved in; a static, or a field of `self`, cannot be.
    let is_argument = metric.as_word().is_some_and(|word| function.has_argument(&word));
    let is_place = metric.is_place() && !is_argument;
    let reference = is_place.then(|| quote!(&));
    let span = metric.span().resolved_at(Span::mixed_site());
    let inc = Ident::new("inc", span);
    let failed = probe::failed(krate, &value());
    Outcome {
        before: quote_spanned!(Span::mixed_site()=> let #counter = #reference #metric;),
        end: quote_spanned!(Span::mixed_site()=> if #failed { #counter.#inc(); }),
        ..Outcome::unguarded()
    }
}

/// `#[count_errors(args)] item`
pub(crate) fn count_errors(args: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(&COUNT_ERRORS, args, item)
}
