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
        let args = Args::parse(attribute, tokens, errors);
        Self::of(attribute, example, (what, &[]), args, krate, errors)
    }

    /// Takes the metric out of the arguments, and reports what is left. `others` were taken out already.
    fn of(
        attribute: &'static str,
        example: &str,
        (what, others): (&'static str, &[&'static str]),
        mut args: Args,
        krate: Path,
        errors: &mut Errors,
    ) -> Self {
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
        args.finish(&[&["crate"], others, &[what]].concat(), errors);
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
        let mut args = Args::parse(COUNT_ERRORS.text, tokens, errors);
        let only = args.value("only", errors);
        let options = MetricOptions::of(COUNT_ERRORS.text, EXAMPLE, (WHAT, &["only"]), args, krate, errors);
        Box::new(CountErrors { options, only })
    },
};

struct CountErrors {
    options: MetricOptions,
    /// Which errors are counted: a path or a closure.
    only: Option<Expression>,
}

impl CountErrors {
    /// What counts an error, if it is one of those that are counted.
    fn if_counted(&self, error: &Ident, count: TokenStream, errors: &mut Errors) -> TokenStream {
        let Some(only) = &self.only else { return count };
        let is_counted = if let Some(closure) = only.as_closure() {
            closure.applied(&quote!(#error), errors)
        } else {
            let (span, only) = (only.span().resolved_at(Span::mixed_site()), only.operand());
            quote_spanned!(span=> #only(#error))
        };
        quote_spanned!(Span::mixed_site()=> if #is_counted { #count })
    }
}

impl Options for CountErrors {
    fn layer(&self, function: &Function, names: &Names, errors: &mut Errors) -> Layer {
        let Some(metric) = &self.options.metric else { return Layer::default() };
        if function.output().is_none() {
            if !names.inherited {
                errors.spanned(
                    &function.sig.ident,
                    "`#[count_errors]` counts `Err`, and this function returns nothing; let it return a `Result`",
                );
            }
            return Layer::default();
        }
        let krate = &self.options.krate;
        let error = Ident::new("__error", Span::mixed_site());
        let (prepared, end) = match metric.as_closure() {
            Some(_) if !function.looks_fallible(names.inherited) => return Layer::default(),
            _ if self.only.is_some() && !function.looks_fallible(names.inherited) => return Layer::default(),
            Some(closure) => {
                let counter = closure.applied(&quote!(#error), errors);
                let inc = quote_spanned!(Span::mixed_site()=> (#counter).inc(););
                let inc = self.if_counted(&error, inc, errors);
                (None, if_err(krate, function, &error, &inc))
            }
            // Looked up before the body runs, while the arguments are in scope.
            None => {
                let span = metric.span().resolved_at(Span::mixed_site());
                let (counter, inc) = (&names.prepared, Ident::new("inc", span));
                let inc = quote_spanned!(span=> #counter.#inc(););
                let end = if self.only.is_some() {
                    if_err(krate, function, &error, &self.if_counted(&error, inc, errors))
                } else if names.inherited {
                    let failed = failed(krate, names);
                    quote_spanned!(Span::mixed_site()=> if #failed { #inc })
                } else {
                    if_err(krate, function, &Ident::new("_", Span::mixed_site()), &inc)
                };
                (Some(Prepared { value: handle(krate, metric, function), uses: quote!(#metric) }), end)
            }
        };
        let metric = prepared.is_none().then_some(metric);
        let uses = self.only.iter().chain(metric).map(|expression| quote!(#expression)).collect();
        let outcome = Outcome { prepared, begin: Begin::Nothing, end, uses, needs_value: true };
        Layer { outcome: Some(outcome), ..Layer::default() }
    }

    fn krate(&self) -> &Path {
        &self.options.krate
    }
}
