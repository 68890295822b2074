//! `#[counted(expr)]`: one more in a counter at every call.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::Path;

use crate::{
    errors::Errors,
    function::{self, Function, Layer, metric_call, options::MetricOptions},
};

/// The attribute.
struct Counted;

impl function::Attribute for Counted {
    const TEXT: &'static str = "`#[counted]`";
    const WORD: &'static str = "counted";
    type Options = MetricOptions;

    fn options(tokens: TokenStream, krate: Path, errors: &mut Errors) -> MetricOptions {
        MetricOptions::parse(
            Self::TEXT,
            "#[counted(ORDERS_CREATED_TOTAL)]",
            "a counter",
            tokens,
            krate,
            errors,
        )
    }

    fn layer(options: &MetricOptions, _: &Function, _: &mut Errors) -> Layer {
        let Some(metric) = &options.metric else { return Layer::default() };
        let inc = metric_call::call(metric, "inc");
        Layer { inside: quote_spanned!(Span::mixed_site()=> #inc;), ..Layer::default() }
    }

    fn krate(options: &MetricOptions) -> &Path {
        &options.krate
    }
}

/// `#[counted(args)] item`
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    function::expand::<Counted>(args, item)
}
