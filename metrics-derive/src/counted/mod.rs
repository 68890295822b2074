//! `#[counted(expr)]`: one more in a counter at every call.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::Path;

use crate::{
    errors::Errors,
    function::{self, Attribute, Function, Layer, Options, metric_call, options::MetricOptions},
};

const ATTRIBUTE: Attribute = Attribute {
    text: "`#[counted]`",
    word: "counted",
    options: |tokens, krate, errors| {
        const EXAMPLE: &str = "#[counted(ORDERS_CREATED_TOTAL)]";
        Box::new(Counted(MetricOptions::parse(ATTRIBUTE.text, EXAMPLE, "a counter", tokens, krate, errors)))
    },
};

struct Counted(MetricOptions);

impl Options for Counted {
    fn layer(&self, _: &Function, _: &mut Errors) -> Layer {
        let Some(metric) = &self.0.metric else { return Layer::default() };
        let inc = metric_call::call(metric, "inc");
        Layer { inside: quote_spanned!(Span::mixed_site()=> #inc;), ..Layer::default() }
    }

    fn krate(&self) -> &Path {
        &self.0.krate
    }
}

/// `#[counted(args)] item`
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(&ATTRIBUTE, args, item)
}
