//! `#[in_flight(expr)]`: how many calls run right now.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::Path;

use crate::{
    errors::Errors,
    function::{self, Attribute, Function, Layer, Options, metric_call, options::MetricOptions},
};

const ATTRIBUTE: Attribute = Attribute {
    text: "`#[in_flight]`",
    word: "in_flight",
    options: |tokens, krate, errors| {
        const EXAMPLE: &str = "#[in_flight(PAYMENTS_IN_FLIGHT)]";
        const WHAT: &str = "an up-down counter";
        Box::new(InFlight(MetricOptions::parse(ATTRIBUTE.text, EXAMPLE, WHAT, tokens, krate, errors)))
    },
};

struct InFlight(MetricOptions);

impl Options for InFlight {
    fn layer(&self, _: &Function, _: &mut Errors) -> Layer {
        let Some(metric) = &self.0.metric else { return Layer::default() };
        let guard = Ident::new("__in_flight", Span::mixed_site());
        let enter = metric_call::call(metric, "in_flight");
        Layer { inside: quote_spanned!(Span::mixed_site()=> let #guard = #enter;), ..Layer::default() }
    }

    fn krate(&self) -> &Path {
        &self.0.krate
    }
}

/// `#[in_flight(args)] item`
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(&ATTRIBUTE, args, item)
}
