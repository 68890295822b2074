//! Attributes that take one metric: `#[counted]`, `#[in_flight]` and `#[count_errors]`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

use crate::{
    args::Args,
    errors::Errors,
    expression::Expression,
    function::{
        Attribute, Begin, Function, Layer, Names, Options, Outcome, Prepared, Start, failed, handle, if_err,
    },
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
        if let Some(text) = metric.as_ref().and_then(Expression::as_string) {
            errors.at(text.span(), format_args!("{attribute} takes {what} and no text: `{example}`"));
        } else if let Some(word) = metric.as_ref().and_then(Expression::as_word).filter(|word| word == "skip")
        {
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

pub(crate) const COUNTED: Attribute = Attribute {
    text: "`#[counted]`",
    word: "counted",
    options: |tokens, krate, errors| {
        const EXAMPLE: &str = "#[counted(ORDERS_CREATED_TOTAL)]";
        Box::new(Counted(MetricOptions::parse(COUNTED.text, EXAMPLE, "a counter", tokens, krate, errors)))
    },
};

struct Counted(MetricOptions);

impl Options for Counted {
    fn layer(&self, _: &Function, _: &Names, _: &mut Errors) -> Layer {
        let start = self.0.metric.clone().map(|metric| Start { metric, method: "inc", is_guard: false });
        Layer { start, ..Layer::default() }
    }

    fn krate(&self) -> &Path {
        &self.0.krate
    }
}

pub(crate) const IN_FLIGHT: Attribute = Attribute {
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
    fn layer(&self, _: &Function, _: &Names, _: &mut Errors) -> Layer {
        let start = self.0.metric.clone().map(|metric| Start { metric, method: "in_flight", is_guard: true });
        Layer { start, ..Layer::default() }
    }

    fn krate(&self) -> &Path {
        &self.0.krate
    }
}

pub(crate) const COUNT_ERRORS: Attribute = Attribute {
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
    fn layer(&self, function: &Function, names: &Names, errors: &mut Errors) -> Layer {
        let Some(metric) = &self.0.metric else { return Layer::default() };
        if function.output().is_none() {
            if !names.inherited {
                errors.spanned(
                    &function.sig.ident,
                    "`#[count_errors]` counts `Err`, and this function returns nothing; let it return a `Result`",
                );
            }
            return Layer::default();
        }
        let krate = &self.0.krate;
        let error = Ident::new("__error", Span::mixed_site());
        let (prepared, end) = match metric.as_closure() {
            Some(_) if !function.looks_fallible(names.inherited) => return Layer::default(),
            Some(closure) => {
                let counter = closure.applied(&quote!(#error), errors);
                let inc = quote_spanned!(Span::mixed_site()=> (#counter).inc(););
                (None, if_err(krate, function, &error, &inc))
            }
            // Looked up before the body runs, while the arguments are in scope.
            None => {
                let span = metric.span().resolved_at(Span::mixed_site());
                let (counter, inc) = (&names.prepared, Ident::new("inc", span));
                let inc = quote_spanned!(span=> #counter.#inc(););
                let end = if names.inherited {
                    let failed = failed(krate, names);
                    quote_spanned!(Span::mixed_site()=> if #failed { #inc })
                } else {
                    if_err(krate, function, &Ident::new("_", Span::mixed_site()), &inc)
                };
                (Some(Prepared { value: handle(krate, metric, function), uses: quote!(#metric) }), end)
            }
        };
        let uses = if prepared.is_none() { quote!(#metric) } else { TokenStream::new() };
        let outcome = Outcome { prepared, begin: Begin::Nothing, end, uses, needs_value: true };
        Layer { outcome: Some(outcome), ..Layer::default() }
    }

    fn krate(&self) -> &Path {
        &self.0.krate
    }
}
