//! `slo(success = 99.9, errors = FAILED_TOTAL, latency = "250ms @ 99", name = "…")`

use std::time::Duration;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::LitStr;
use tallymark_rules::{Kind, LatencyTarget, MatchOperator, is_snake_case, is_target, parse_selector};

use super::annotated::Annotated;
use crate::{args::Args, errors::Errors, expression::Expression, krate};

/// An objective of a metric or a function.
#[derive(Clone)]
pub(crate) struct Slo {
    pub(crate) span: Span,
    name: Option<LitStr>,
    success: Option<(f64, Span)>,
    latency: Option<(LatencyTarget, Span)>,
    errors: Option<Bad>,
    /// Whether `errors` was written and cannot be used, which was reported.
    errors_refused: bool,
}

/// The bad events among those of a counter.
#[derive(Clone)]
enum Bad {
    /// Another counter.
    Counter(Expression),
    /// Series of the same counter.
    Selector(LitStr),
}

impl Bad {
    fn span(&self) -> Span {
        match self {
            Self::Counter(expression) => expression.span(),
            Self::Selector(text) => text.span(),
        }
    }
}

const EXAMPLE: &str = "`slo(success = 99.9, latency = \"250ms @ 99\")`";

impl Slo {
    /// Reads the arguments on a metric.
    pub(super) fn parse(word: &Ident, tokens: TokenStream, errors: &mut Errors) -> Option<Self> {
        Self::read(word, tokens, &["success", "errors", "latency", "name"], errors)
    }

    /// Reads the arguments on a function, whose errors are those that it returns.
    pub(crate) fn of_function(word: &Ident, tokens: TokenStream, errors: &mut Errors) -> Option<Self> {
        Self::read(word, tokens, &["success", "latency", "name"], errors)
    }

    fn read(word: &Ident, tokens: TokenStream, known: &[&str], errors: &mut Errors) -> Option<Self> {
        let mut args = Args::parse("`slo(…)`", tokens, errors);
        let before = errors.count();
        let success = args.value("success", errors).and_then(|value| target(&value, errors));
        let latency = args.string("latency", errors).and_then(|text| latency(&text, errors));
        let name = args.string("name", errors);
        if let Some(name) = name.as_ref().filter(|name| !is_snake_case(&name.value())) {
            errors.at(
                name.span(),
                format_args!(
                    "`{}` cannot be the name of an objective, which is part of the names of its rules: write lower snake \
                     case, such as `checkout`",
                    name.value()
                ),
            );
        }
        let errors_given = args.has("errors");
        let bad = if known.contains(&"errors") {
            args.value("errors", errors).and_then(|value| bad(value, errors))
        } else {
            None
        };
        args.finish(known, errors);
        // What was wrong with it was said.
        let errors_refused = errors_given && bad.is_none();
        if success.is_none() && latency.is_none() {
            if errors.count() == before {
                errors.at(word.span(), format_args!("an objective has a target, or two: {EXAMPLE}"));
            }
            return None;
        }
        Some(Self { span: word.span(), name, success, latency, errors: bad, errors_refused })
    }

    /// Reports what makes no sense for a metric of this kind and unit.
    pub(super) fn check(&self, kind: Kind, unit: Option<&str>, errors: &mut Errors) {
        if let Some((_, span)) = self.success {
            match (kind, &self.errors) {
                (Kind::Counter | Kind::Unknown, Some(_)) => {}
                _ if self.errors_refused => {}
                (Kind::Counter | Kind::Unknown, None) => errors.at(
                    span,
                    "which of the events are bad? Write `errors = FAILED_TOTAL`, another counter, or \
                     `errors = \"{outcome='failed'}\"`, some of this one's series",
                ),
                _ => errors.at(
                    span,
                    "a success target belongs to the counter of all events: write `slo(success = …, errors = …)` there",
                ),
            }
        } else if let Some(bad) = &self.errors {
            errors.at(bad.span(), "`errors` belongs to a target of success: write `success = 99.9`");
        }
        if let Some((_, span)) = self.latency {
            if !matches!(kind, Kind::Histogram | Kind::Unknown) {
                errors.at(
                    span,
                    "a latency objective needs a histogram, which counts observations up to each edge of its buckets",
                );
            } else if unit.is_some_and(|unit| unit != "seconds")
                || (unit.is_none() && kind == Kind::Histogram)
            {
                errors
                    .at(span, "a latency objective needs a histogram in seconds: end its name in `_seconds`");
            }
        }
    }

    /// `Slo::new().success(…).latency(…)`
    pub(crate) fn targets(&self, krate: &syn::Path) -> TokenStream {
        let success = self.success.map(|(percent, _)| quote!(.success(#percent)));
        let latency = self.latency.map(|(LatencyTarget { limit, percent, .. }, _)| {
            let nanos = nanos(limit);
            quote!(.latency(::core::time::Duration::from_nanos(#nanos), #percent))
        });
        quote!(#krate::__private_v4::Slo::new() #success #latency)
    }

    /// The name; empty if it is derived.
    pub(crate) fn name(&self) -> String {
        self.name.as_ref().map(LitStr::value).unwrap_or_default()
    }

    /// Where the latency is written, or all of it.
    pub(crate) fn latency_span(&self) -> Span {
        self.latency.map_or(self.span, |(_, span)| span)
    }

    /// The objective as data, after the checks that need the type.
    pub(super) fn element(&self, subject: &Annotated<'_>) -> TokenStream {
        let Annotated { krate, ty, .. } = subject;
        let (name, targets) = (self.name(), self.targets(krate));
        let mut checks = TokenStream::new();
        if let (Some((_, at)), Some(bounds)) = (self.latency, subject.bounds()) {
            let (here, span) = (krate::located_at(krate, at), at.resolved_at(Span::mixed_site()));
            checks.extend(quote_spanned!(span=> #here::__private_v4::check_edge::<#ty>(#bounds, #targets);));
        }
        if let Some((_, at)) = self.success {
            let (here, span) = (krate::located_at(krate, at), at.resolved_at(Span::mixed_site()));
            checks.extend(quote_spanned!(span=> #here::__private_v4::check_counter::<#ty>();));
        }
        let errors = match &self.errors {
            None => quote!(#krate::__private_v4::Errors::None),
            Some(Bad::Counter(counter)) => {
                let (at, written) = (counter.span(), counter.to_token_stream().to_string());
                let (here, span) = (krate::located_at(krate, at), at.resolved_at(Span::mixed_site()));
                quote_spanned!(span=> #here::__private_v4::Errors::metric(&#counter, #written))
            }
            Some(Bad::Selector(text)) => {
                let value = text.value();
                let matchers = parse_selector(&value).unwrap_or_default();
                let labels = matchers.iter().map(|matcher| matcher.label);
                let here = krate::located_at(krate, text.span());
                let span = text.span().resolved_at(Span::mixed_site());
                checks.extend(
                    quote_spanned!(span=> #here::__private_v4::check_labels::<#ty>(&[#(#labels),*]);),
                );
                let matchers = matchers.iter().map(|matcher| {
                    let (label, value) = (matcher.label, matcher.value);
                    let operator = operator(matcher.operator);
                    quote!(#krate::__private_v4::Matcher {
                        label: #label,
                        operator: #krate::__private_v4::MatchOperator::#operator,
                        value: #value,
                    })
                });
                quote!(#krate::__private_v4::Errors::Matching(&[#(#matchers),*]))
            }
        };
        quote! {{
            #checks
            #krate::__private_v4::Objective { name: #name, slo: #targets, errors: #errors }
        }}
    }
}

fn nanos(limit: Duration) -> u64 {
    u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX)
}

fn target(value: &Expression, errors: &mut Errors) -> Option<(f64, Span)> {
    let number = value.as_number().filter(|number| is_target(*number));
    if number.is_none() {
        errors.spanned(
            value,
            "`success` is a percentage that can be promised: write a number between 0 and 100, such as `99.9`",
        );
    }
    number.map(|number| (number, value.span()))
}

fn latency(text: &LitStr, errors: &mut Errors) -> Option<(LatencyTarget, Span)> {
    match LatencyTarget::parse(&text.value()) {
        Ok(target) => Some((target, text.span())),
        Err(fault) => {
            errors.at(text.span(), fault);
            None
        }
    }
}

fn bad(value: Expression, errors: &mut Errors) -> Option<Bad> {
    if let Some(text) = value.as_string() {
        return match parse_selector(&text.value()) {
            Ok(matchers) if !matchers.is_empty() => Some(Bad::Selector(text)),
            Ok(_) => {
                errors.at(
                    text.span(),
                    "`errors` selects some of the series: write which, such as `\"{outcome='failed'}\"`",
                );
                None
            }
            Err(fault) => {
                errors.at(text.span(), fault);
                None
            }
        };
    }
    if value.as_path().is_none() {
        errors.spanned(
            value,
            "`errors` is another counter, `errors = FAILED_TOTAL`, or a selector, `errors = \"{outcome='failed'}\"`",
        );
        return None;
    }
    Some(Bad::Counter(value))
}

fn operator(operator: MatchOperator) -> TokenStream {
    match operator {
        MatchOperator::NotEqual => quote!(NotEqual),
        MatchOperator::Matches => quote!(Matches),
        MatchOperator::NotMatches => quote!(NotMatches),
        MatchOperator::Equal => quote!(Equal),
    }
}
