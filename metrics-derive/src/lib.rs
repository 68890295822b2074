//! The macros of tallymark. Applications use them from there.
//!
//! A macro is `parse → model → expand`, each a file in a folder of its own; what attributes on functions have in common
//! is in `function`. Nothing here depends on the core crate, and generated code names only `tallymark::__private`.

mod args;
mod case;
mod count_errors;
mod counted;
mod doc;
mod errors;
mod expression;
mod function;
mod gauge_fn;
mod in_flight;
mod krate;
mod label_set;
mod label_value;
mod lint;
mod metric;
mod metrics;
mod model_metrics;
mod model_op;
mod place;
mod register;
mod seen;
mod state_set;
mod timed;
mod tokens;
mod variants;

use proc_macro::TokenStream;

#[doc = include_str!("metric/doc.md")]
#[proc_macro_attribute]
pub fn metric(args: TokenStream, item: TokenStream) -> TokenStream {
    metric::expand(args.into(), &item.into()).into()
}

#[doc = include_str!("metrics/doc.md")]
#[proc_macro_attribute]
pub fn metrics(args: TokenStream, item: TokenStream) -> TokenStream {
    metrics::expand(args.into(), &item.into()).into()
}

#[doc = include_str!("gauge_fn/doc.md")]
#[proc_macro_attribute]
pub fn gauge_fn(args: TokenStream, item: TokenStream) -> TokenStream {
    gauge_fn::expand(args.into(), &item.into()).into()
}

#[doc = include_str!("timed/doc.md")]
#[proc_macro_attribute]
pub fn timed(args: TokenStream, item: TokenStream) -> TokenStream {
    timed::expand(args.into(), item.into()).into()
}

#[doc = include_str!("counted/doc.md")]
#[proc_macro_attribute]
pub fn counted(args: TokenStream, item: TokenStream) -> TokenStream {
    counted::expand(args.into(), item.into()).into()
}

#[doc = include_str!("in_flight/doc.md")]
#[proc_macro_attribute]
pub fn in_flight(args: TokenStream, item: TokenStream) -> TokenStream {
    in_flight::expand(args.into(), item.into()).into()
}

#[doc = include_str!("count_errors/doc.md")]
#[proc_macro_attribute]
pub fn count_errors(args: TokenStream, item: TokenStream) -> TokenStream {
    count_errors::expand(args.into(), item.into()).into()
}

#[doc = include_str!("model_op/doc.md")]
#[proc_macro_attribute]
pub fn model_op(args: TokenStream, item: TokenStream) -> TokenStream {
    model_op::expand(args.into(), item.into()).into()
}

#[doc = include_str!("label_value/doc.md")]
#[proc_macro_derive(LabelValue, attributes(label))]
pub fn label_value(item: TokenStream) -> TokenStream {
    label_value::expand(item.into()).into()
}

#[doc = include_str!("label_set/doc.md")]
#[proc_macro_derive(LabelSet, attributes(label))]
pub fn label_set(item: TokenStream) -> TokenStream {
    label_set::expand(item.into()).into()
}

#[doc = include_str!("state_set/doc.md")]
#[proc_macro_derive(StateSet, attributes(label))]
pub fn state_set(item: TokenStream) -> TokenStream {
    state_set::expand(item.into()).into()
}

#[doc = include_str!("model_metrics/doc.md")]
#[proc_macro_derive(ModelMetrics, attributes(model))]
pub fn model_metrics(item: TokenStream) -> TokenStream {
    model_metrics::expand(item.into()).into()
}

#[doc = include_str!("register/doc.md")]
#[proc_macro]
pub fn register(tokens: TokenStream) -> TokenStream {
    register::expand(tokens.into()).into()
}
