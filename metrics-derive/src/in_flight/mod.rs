//! `#[in_flight(expr)]`: how many calls run right now.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::Path;

use crate::{
    errors::Errors,
    function::{self, Function, Layer, metric_call, options::MetricOptions},
};

/// The attribute.
struct InFlight;

impl function::Attribute for InFlight {
    const TEXT: &'static str = "`#[in_flight]`";
    const WORD: &'static str = "in_flight";
    type Options = MetricOptions;

    fn options(tokens: TokenStream, krate: Path, errors: &mut Errors) -> MetricOptions {
        MetricOptions::parse(
            Self::TEXT,
            "#[in_flight(PAYMENTS_IN_FLIGHT)]",
            "an up-down counter",
            tokens,
            krate,
            errors,
        )
    }

    fn layer(options: &MetricOptions, _: &Function, _: &mut Errors) -> Layer {
        let Some(metric) = &options.metric else { return Layer::default() };
        let guard = Ident::new("__in_flight", Span::mixed_site());
        let enter = metric_call::call(metric, "in_flight");
        Layer { inside: quote_spanned!(Span::mixed_site()=> let #guard = #enter;), ..Layer::default() }
    }

    fn krate(options: &MetricOptions) -> &Path {
        &options.krate
    }
}

/// `#[in_flight(args)] item`
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    function::expand::<InFlight>(args, item)
}
