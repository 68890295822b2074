//! The macros of tallymark.

mod args;
mod case;
mod count_errors;
mod counted;
mod doc;
mod errors;
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
mod state_set;
mod timed;
mod variants;

use proc_macro::TokenStream;

/// Registers a metric.
#[proc_macro_attribute]
pub fn metric(args: TokenStream, item: TokenStream) -> TokenStream {
    metric::expand(args.into(), &item.into()).into()
}

/// Registers every metric of a module.
#[proc_macro_attribute]
pub fn metrics(args: TokenStream, item: TokenStream) -> TokenStream {
    metrics::expand(args.into(), &item.into()).into()
}

/// Calls a function at every scrape.
#[proc_macro_attribute]
pub fn gauge_fn(args: TokenStream, item: TokenStream) -> TokenStream {
    gauge_fn::expand(args.into(), &item.into()).into()
}

/// Measures rate, errors and duration of a function.
#[proc_macro_attribute]
pub fn timed(args: TokenStream, item: TokenStream) -> TokenStream {
    timed::expand(args.into(), item.into()).into()
}

/// Counts calls of a function.
#[proc_macro_attribute]
pub fn counted(args: TokenStream, item: TokenStream) -> TokenStream {
    counted::expand(args.into(), item.into()).into()
}

/// Counts the calls of a function that run right now.
#[proc_macro_attribute]
pub fn in_flight(args: TokenStream, item: TokenStream) -> TokenStream {
    in_flight::expand(args.into(), item.into()).into()
}

/// Counts the errors a function returns.
#[proc_macro_attribute]
pub fn count_errors(args: TokenStream, item: TokenStream) -> TokenStream {
    count_errors::expand(args.into(), item.into()).into()
}

/// Counts the rows a function writes.
#[proc_macro_attribute]
pub fn model_op(args: TokenStream, item: TokenStream) -> TokenStream {
    model_op::expand(args.into(), item.into()).into()
}

/// Makes an enum a closed label value.
#[proc_macro_derive(LabelValue, attributes(label))]
pub fn label_value(item: TokenStream) -> TokenStream {
    label_value::expand(item.into()).into()
}

/// Makes a struct a set of labels.
#[proc_macro_derive(LabelSet, attributes(label))]
pub fn label_set(item: TokenStream) -> TokenStream {
    label_set::expand(item.into()).into()
}

/// Makes an enum the states of a state set.
#[proc_macro_derive(StateSet, attributes(label))]
pub fn state_set(item: TokenStream) -> TokenStream {
    state_set::expand(item.into()).into()
}

/// Counts rows of a struct's table.
#[proc_macro_derive(ModelMetrics, attributes(model))]
pub fn model_metrics(item: TokenStream) -> TokenStream {
    model_metrics::expand(item.into()).into()
}

/// Hands metrics to the registry where the linker does not.
#[proc_macro]
pub fn register(tokens: TokenStream) -> TokenStream {
    register::expand(tokens.into()).into()
}
