//! `#[count_errors(expr)]`: one more in a counter for every `Err`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

use crate::{
    errors::Errors,
    expression::Expression,
    function::{self, Attribute, Function, Layer, Options, Outcome, options::MetricOptions, probe, value},
};

const ATTRIBUTE: Attribute = Attribute {
    text: "`#[count_errors]`",
    word: "count_errors",
    options: |tokens, krate, errors| {
        const EXAMPLE: &str = "#[count_errors(PAYMENTS_FAILED_TOTAL)]";
        const WHAT: &str = "a counter or a closure";
        Box::new(CountErrors(MetricOptions::parse(ATTRIBUTE.text, EXAMPLE, WHAT, tokens, krate, errors)))
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
            None => counted(&self.0.krate, metric, function),
        };
        Layer { outcome: Some(outcome), ..Layer::default() }
    }

    fn krate(&self) -> &Path {
        &self.0.krate
    }
}

/// The counter is looked up before the body runs, while the arguments are in scope.
fn counted(krate: &Path, metric: &Expression, function: &Function) -> Outcome {
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
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(&ATTRIBUTE, args, item)
}
