//! What `#[timed]` puts around a body.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::{ErrorKind, Options};
use crate::{
    errors::Errors,
    expression::Expression,
    function::{Function, Layer, Outcome, guard, probe, value},
    krate, own_metric,
};

/// Into the `function_*` families.
pub(super) fn site(options: &Options, function: &Function, errors: &mut Errors) -> Layer {
    let krate = &options.krate;
    if let Some(name) = options.name.as_ref().filter(|name| name.value().is_empty()) {
        errors.spanned(name, "the name is empty; leave `name` out to use the function's own");
    }
    let name = match (&options.name, &function.owner) {
        (Some(name), _) => name.value(),
        (None, Some(owner)) => format!("{}::{}", owner.name, function.name()),
        (None, None) => function.name(),
    };
    let place = krate::place(krate, function.sig.ident.span());
    let is_async = function.is_future();
    let in_flight = options.in_flight;
    let (guard, value) = (guard(), value());
    let items = quote_spanned! {Span::mixed_site()=>
        static __SITE: #krate::__private::FunctionSite =
            #krate::__private::FunctionSite::new(#krate::__private::FunctionMeta {
                function: #name,
                place: #place,
                is_async: #is_async,
                in_flight: #in_flight,
            });
        const _: () = {
            #krate::__private::submit!(#krate::__private::Element::Function(&__SITE));
        };
    };
    // A function that returns nothing cannot fail.
    let fails = function.output().is_some();
    if !fails && !function.is_measured_with_its_block() {
        const NOTHING: &str =
            "`error` tells errors apart, and this function returns nothing; let it return a `Result`";
        match &options.error {
            Some(ErrorKind::Itself(span)) => errors.at(*span, NOTHING),
            Some(ErrorKind::From(expr)) => errors.spanned(expr, NOTHING),
            None => {}
        }
    }
    let kind = options
        .error
        .as_ref()
        .filter(|_| function.looks_fallible())
        .map(|error| error_kind(error, function, errors));
    Layer {
        items,
        inside: TokenStream::new(),
        outcome: Some(Outcome {
            before: TokenStream::new(),
            begin: quote_spanned!(Span::mixed_site()=> __SITE.enter()),
            end: if fails {
                let failed = probe::failed(krate, &value);
                quote_spanned! {Span::mixed_site()=> #kind #guard.finish(#failed); }
            } else {
                quote_spanned! {Span::mixed_site()=> let _ = #value; #guard.finish(false); }
            },
        }),
    }
}

/// Counts the error's kind before the call is finished.
fn error_kind(error: &ErrorKind, function: &Function, errors: &mut Errors) -> TokenStream {
    let guard = guard();
    let binding = Ident::new("__error", Span::mixed_site());
    let kind = match error {
        ErrorKind::Itself(span) => {
            let span = span.resolved_at(Span::mixed_site());
            return probe::if_err(function, &binding, &quote_spanned!(span=> #guard.error(#binding);));
        }
        ErrorKind::From(from) => {
            if let Some(closure) = from.as_closure() {
                closure.applied(&quote!(#binding), errors)
            } else {
                let from = from.operand();
                quote_spanned!(Span::mixed_site()=> #from(#binding))
            }
        }
    };
    probe::if_err(function, &binding, &quote_spanned!(Span::mixed_site()=> #guard.error(&#kind);))
}

/// Into a metric of the user's own.
pub(super) fn own_metric(metric: &Expression, function: &Function, errors: &mut Errors) -> Layer {
    if let Some(word) = metric.as_word() {
        let text = word.to_string();
        if text == text.to_lowercase() && !function.has_argument(&word) {
            errors.at(
                word.span(),
                format_args!(
                    "`#[timed]` has no argument `{word}`; it takes `name`, `in_flight`, `error`, `crate` and a \
                     histogram or summary"
                ),
            );
        }
    }
    let timer = Ident::new("__timer", Span::mixed_site());
    let start = own_metric::call(metric, "start_timer");
    Layer { inside: quote_spanned!(Span::mixed_site()=> let #timer = #start;), ..Layer::default() }
}
