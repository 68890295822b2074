//! `#[count_errors(expr)]`: one more in a counter for every `Err`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, Path};

use crate::{
    args::{first_span, is_ident},
    errors::Errors,
    function::{self, Function, Layer, Outcome, closure, options::MetricOptions, probe, value},
};

/// The attribute.
struct CountErrors;

impl function::Attribute for CountErrors {
    const TEXT: &'static str = "`#[count_errors]`";
    const WORD: &'static str = "count_errors";
    type Options = MetricOptions;

    fn options(tokens: TokenStream, krate: Path, errors: &mut Errors) -> MetricOptions {
        MetricOptions::parse(
            Self::TEXT,
            "#[count_errors(PAYMENTS_FAILED_TOTAL)]",
            "a counter or a closure",
            tokens,
            krate,
            errors,
        )
    }

    fn layer(options: &MetricOptions, function: &Function, errors: &mut Errors) -> Layer {
        let Some(metric) = &options.metric else { return Layer::default() };
        if function.output().is_none() {
            if !function.is_measured_with_its_block() {
                errors.spanned(
                    &function.sig.ident,
                    "`#[count_errors]` counts `Err`, and this function returns nothing; let it return a `Result`",
                );
            }
            return Layer::default();
        }
        let outcome = match closure::find(metric) {
            Some(_) if !function.looks_fallible() => return Layer::default(),
            Some(closure) => {
                let error = Ident::new("__error", Span::mixed_site());
                let counter = closure::applied(closure, &quote!(#error), errors);
                let arm =
                    probe::if_err(function, &error, &quote_spanned!(Span::mixed_site()=> (#counter).inc();));
                Outcome { before: TokenStream::new(), end: arm, ..Outcome::unguarded() }
            }
            None => counted(&options.krate, metric, function),
        };
        Layer { outcome: Some(outcome), ..Layer::default() }
    }

    fn krate(options: &MetricOptions) -> &Path {
        &options.krate
    }
}

/// The counter is looked up before the body runs, while the arguments are in scope.
fn counted(krate: &Path, metric: &Expr, function: &Function) -> Outcome {
    let counter = Ident::new("__counter", Span::mixed_site());
    // A handle is moved in; a static, or a field of `self`, cannot be.
    let is_place = match metric {
        Expr::Path(_) => !is_ident(metric).is_some_and(|word| function.has_argument(word)),
        Expr::Field(_) => true,
        _ => false,
    };
    let reference = is_place.then(|| quote!(&));
    let span = first_span(metric).resolved_at(Span::mixed_site());
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
    function::expand::<CountErrors>(args, item)
}
