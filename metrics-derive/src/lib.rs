//! The macros of tallymark. Applications use them from there.
//!
//! A macro is `parse → model → expand`; what attributes on functions have in common is in `function`. Nothing here depends on the core crate, and generated code names only `tallymark::__private_v4`.

mod annotation;
mod args;
mod case;
mod doc;
mod errors;
mod expression;
mod function;
mod gauge_fn;
mod gauge_refresh;
mod generics;
mod job;
mod krate;
mod label_set;
mod label_value;
mod metric;
mod metrics;
mod model_metrics;
mod model_op;
mod naming;
mod own_metric;
mod register;
mod state_set;
mod stub;
mod text;
mod timed;
mod tokens;
mod variants;

use proc_macro::TokenStream;

/// All attributes on functions: the topmost on a function finds the others among them.
const ATTRIBUTES: &[&function::Attribute] = &[
    &timed::ATTRIBUTE,
    &job::ATTRIBUTE,
    &own_metric::COUNTED,
    &own_metric::IN_FLIGHT,
    &own_metric::COUNT_ERRORS,
    &model_op::ATTRIBUTE,
];

#[doc = include_str!("../docs/metric.md")]
#[proc_macro_attribute]
pub fn metric(args: TokenStream, item: TokenStream) -> TokenStream {
    metric::expand(args.into(), &item.into()).into()
}

#[doc = include_str!("../docs/metrics.md")]
#[proc_macro_attribute]
pub fn metrics(args: TokenStream, item: TokenStream) -> TokenStream {
    metrics::expand(args.into(), &item.into()).into()
}

#[doc = include_str!("../docs/gauge_fn.md")]
#[proc_macro_attribute]
pub fn gauge_fn(args: TokenStream, item: TokenStream) -> TokenStream {
    gauge_fn::expand(args.into(), &item.into()).into()
}

#[doc = include_str!("../docs/gauge_refresh.md")]
#[proc_macro_attribute]
pub fn gauge_refresh(args: TokenStream, item: TokenStream) -> TokenStream {
    gauge_refresh::expand(args.into(), &item.into()).into()
}

#[doc = include_str!("../docs/timed.md")]
#[proc_macro_attribute]
pub fn timed(args: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(ATTRIBUTES, &timed::ATTRIBUTE, args.into(), item.into()).into()
}

#[doc = include_str!("../docs/job.md")]
#[proc_macro_attribute]
pub fn job(args: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(ATTRIBUTES, &job::ATTRIBUTE, args.into(), item.into()).into()
}

#[doc = include_str!("../docs/counted.md")]
#[proc_macro_attribute]
pub fn counted(args: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(ATTRIBUTES, &own_metric::COUNTED, args.into(), item.into()).into()
}

#[doc = include_str!("../docs/in_flight.md")]
#[proc_macro_attribute]
pub fn in_flight(args: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(ATTRIBUTES, &own_metric::IN_FLIGHT, args.into(), item.into()).into()
}

#[doc = include_str!("../docs/count_errors.md")]
#[proc_macro_attribute]
pub fn count_errors(args: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(ATTRIBUTES, &own_metric::COUNT_ERRORS, args.into(), item.into()).into()
}

#[doc = include_str!("../docs/model_op.md")]
#[proc_macro_attribute]
pub fn model_op(args: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(ATTRIBUTES, &model_op::ATTRIBUTE, args.into(), item.into()).into()
}

#[doc = include_str!("../docs/label_value.md")]
#[proc_macro_derive(LabelValue, attributes(label))]
pub fn label_value(item: TokenStream) -> TokenStream {
    label_value::expand(item.into()).into()
}

#[doc = include_str!("../docs/label_set.md")]
#[proc_macro_derive(LabelSet, attributes(label))]
pub fn label_set(item: TokenStream) -> TokenStream {
    label_set::expand(item.into()).into()
}

#[doc = include_str!("../docs/state_set.md")]
#[proc_macro_derive(StateSet, attributes(label))]
pub fn state_set(item: TokenStream) -> TokenStream {
    state_set::expand(item.into()).into()
}

#[doc = include_str!("../docs/model_metrics.md")]
#[proc_macro_derive(ModelMetrics, attributes(model))]
pub fn model_metrics(item: TokenStream) -> TokenStream {
    model_metrics::expand(item.into()).into()
}

#[doc = include_str!("../docs/register.md")]
#[proc_macro]
pub fn register(tokens: TokenStream) -> TokenStream {
    register::expand(tokens.into()).into()
}
