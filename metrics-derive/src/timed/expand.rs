//! What `#[timed]` puts around a body.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::options::{ErrorKind, KNOWN, Options};
use crate::{
    annotation::Slo,
    args::listed,
    errors::Errors,
    expression::Expression,
    function::{Begin, Function, Layer, Names, Outcome, Start, failed, if_err},
    krate,
};

/// Into the `function_*` families.
pub(super) fn site(options: &Options, function: &Function, names: &Names, errors: &mut Errors) -> Layer {
    let krate = &options.krate;
    let Names { site, guard, .. } = names;
    let name = if let Some(name) = &options.name {
        name.filled("name", krate, errors)
    } else {
        let name = function.name_in_owner();
        quote!(#name)
    };
    let place = krate::place(krate, function.sig.ident.span());
    let is_async = function.is_future();
    let in_flight = options.in_flight;
    let objective = options.slo.as_ref().map(|slo| promising(krate, slo));
    let items = quote_spanned! {Span::mixed_site()=>
        static #site: #krate::__private_v4::FunctionSite =
            #krate::__private_v4::FunctionSite::new(#krate::__private_v4::FunctionMeta {
                function: #name,
                place: #place,
                is_async: #is_async,
                in_flight: #in_flight,
            })#objective;
        const _: () = {
            #krate::__private_v4::submit!(#krate::__private_v4::Element::Function(&#site));
        };
    };
    // A function that returns nothing cannot fail.
    let returns_value = function.output().is_some();
    if !returns_value && !names.inherited {
        if let Some(error) = &options.error {
            errors.at(
                error.span(),
                "`error` tells errors apart, and this function returns nothing; let it return a `Result`",
            );
        }
    }
    let error = options.error.as_ref().filter(|_| function.looks_fallible(names.inherited));
    let kind = error.map(|error| error_kind(krate, error, function, names, errors));
    let end = if returns_value {
        let failed = failed(krate, names);
        quote_spanned!(Span::mixed_site()=> #kind #guard.finish(#failed);)
    } else {
        let value = &names.value;
        quote_spanned!(Span::mixed_site()=> let _ = #value; #guard.finish(false);)
    };
    let uses = match error {
        Some(ErrorKind::From(expression)) => quote!(#expression),
        _ => TokenStream::new(),
    };
    let outcome = Outcome {
        prepared: None,
        begin: Begin::Site("FunctionSite"),
        end,
        uses,
        needs_value: error.is_some(),
    };
    Layer { items, outcome: Some(outcome), ..Layer::default() }
}

/// `.promising(…)`
fn promising(krate: &syn::Path, slo: &Slo) -> TokenStream {
    let (at, name, targets) = (slo.latency_span(), slo.name(), slo.targets(krate));
    let here = krate::located_at(krate, at);
    let new = quote_spanned! {at.resolved_at(Span::mixed_site())=>
        #here::__private_v4::FunctionObjective::new(#name, #targets)
    };
    quote_spanned! {Span::mixed_site()=>
        .promising({
            static __OBJECTIVE: #krate::__private_v4::FunctionObjective = #new;
            &__OBJECTIVE
        })
    }
}

/// Counts the error's kind before the call is finished.
fn error_kind(
    krate: &syn::Path,
    error: &ErrorKind,
    function: &Function,
    names: &Names,
    errors: &mut Errors,
) -> TokenStream {
    let guard = &names.guard;
    let binding = Ident::new("__error", Span::mixed_site());
    let then = match error {
        ErrorKind::Itself(span) => {
            let span = span.resolved_at(Span::mixed_site());
            let itself = quote_spanned!(span=> #binding);
            quote_spanned!(span=> #krate::__private_v4::count_error_itself(&#guard, #itself);)
        }
        ErrorKind::From(from) => {
            let kind = if let Some(closure) = from.as_closure() {
                closure.applied(&quote!(#binding), errors)
            } else {
                let from = from.operand();
                quote_spanned!(Span::mixed_site()=> #from(#binding))
            };
            quote_spanned!(Span::mixed_site()=> #krate::__private_v4::count_error(&#guard, &#kind);)
        }
    };
    if_err(krate, function, &binding, &then)
}

/// Into a metric of the user's own.
pub(super) fn own_metric(metric: &Expression, function: &Function, errors: &mut Errors) -> Layer {
    if let Some(text) = metric.as_string() {
        errors.at(
            text.span(),
            format_args!("to give the function another name, write `name = {}`", quote!(#text)),
        );
        return Layer::default();
    }
    let unknown = match (metric.as_word(), metric.as_call()) {
        (Some(word), _) => {
            let text = word.to_string();
            (text == text.to_lowercase() && !function.binds(&word)).then_some(word)
        }
        // `labels(…)`: neither an argument of the attribute nor anything to call by that name here.
        (None, Some((word, _))) => {
            ["label", "labels", "buckets", "help"].iter().any(|other| word == other).then_some(word)
        }
        (None, None) => None,
    };
    if let Some(word) = unknown {
        errors
            .at(word.span(), format_args!("`#[timed]` has no argument `{word}`; it takes {}", listed(KNOWN)));
        return Layer::default();
    }
    let start = Start { metric: metric.clone(), method: "start_timer", is_guard: true };
    Layer { start: Some(start), ..Layer::default() }
}
