//! The quantiles of a summary.

use proc_macro2::{Delimiter, Group, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{Token, parse::Parser, punctuated::Punctuated};
use tallymark_rules::Kind;

use crate::{
    args::Args,
    errors::Errors,
    expression::Expression,
    tokens::{first_span, only},
};

/// More are no summary.
const MOST: usize = 16;

/// From five seconds to a week.
const WINDOW: std::ops::RangeInclusive<f64> = 5.0..=604_800.0;

/// `quantiles = [0.5, 0.99]` and `quantile_window = 600`.
pub(crate) struct Quantiles {
    list: Group,
    all: Vec<Expression>,
    window: Option<Expression>,
}

impl Quantiles {
    /// Takes both out of the arguments. Numbers are checked here; any other expression is checked by the compiler.
    pub(crate) fn take(args: &mut Args, errors: &mut Errors) -> Option<Self> {
        let list = args.value("quantiles", errors);
        let window = args.value("quantile_window", errors);
        if let (None, Some(window)) = (&list, &window) {
            errors.spanned(
                window,
                "`quantile_window` is the window of `quantiles`: write `quantiles = [0.5, 0.99]`, too",
            );
        }
        if let Some(window) = &window {
            if window.as_number().is_some_and(|seconds| !WINDOW.contains(&seconds) || seconds.fract() > 0.0) {
                errors.spanned(window, "the window of quantiles is from 5 to 604800 seconds, in whole ones");
            }
        }
        let list = list?;
        let tokens = list.to_token_stream();
        match only(&tokens) {
            Some(TokenTree::Group(list)) if list.delimiter() == Delimiter::Bracket => {
                let all = check_all(&list, errors);
                Some(Self { list, all, window })
            }
            _ => {
                errors.spanned(list, "quantiles are a list: `quantiles = [0.5, 0.9, 0.99]`");
                None
            }
        }
    }

    /// Reports that a metric of another kind has them.
    pub(crate) fn check_kind(&self, kind: Kind, errors: &mut Errors) {
        if kind == Kind::Histogram {
            let text = "a histogram needs no `quantiles`: a server computes any of them from its buckets, with `histogram_quantile`; leave it \
                        out, or make it a `Summary`";
            errors.at(self.span(), text);
        } else if kind != Kind::Summary {
            errors.at(self.span(), "`quantiles` go on a `Summary`, which observes values; leave it out");
        }
    }

    fn span(&self) -> Span {
        self.list.span()
    }
}

fn check_all(list: &Group, errors: &mut Errors) -> Vec<Expression> {
    let parsed = Punctuated::<Expression, Token![,]>::parse_terminated.parse2(list.stream());
    let Some(all) = errors.keep(parsed) else { return Vec::new() };
    if all.is_empty() || all.len() > MOST {
        errors.at(list.span(), "a summary has from one to 16 quantiles: `quantiles = [0.5, 0.9, 0.99]`");
    }
    let mut before: Option<f64> = None;
    for quantile in &all {
        let Some(number) = quantile.as_number() else {
            if quantile.is_literal() || is_negative(quantile) {
                errors.spanned(quantile, "a quantile is a number from 0 to 1, such as `0.99`");
            }
            before = None;
            continue;
        };
        if !(0.0..=1.0).contains(&number) {
            let text = if (1.0..=100.0).contains(&number) {
                format!("a quantile is from 0 to 1: write `{}` for {number} %", number / 100.0)
            } else {
                "a quantile is a number from 0 to 1, such as `0.99`".to_owned()
            };
            errors.spanned(quantile, text);
        } else if before.is_some_and(|before| before >= number) {
            errors.spanned(quantile, "quantiles ascend, each one once");
        }
        before = Some(number);
    }
    all.into_iter().collect()
}

/// Whether it is a negative number.
fn is_negative(quantile: &Expression) -> bool {
    let tokens: Vec<TokenTree> = quantile.to_token_stream().into_iter().collect();
    matches!(tokens.as_slice(), [TokenTree::Punct(minus), TokenTree::Literal(_)] if minus.as_char() == '-')
}

/// The call on the initializer.
impl ToTokens for Quantiles {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let span = self.span();
        let all = self.all.iter().map(|quantile| match quantile.as_number() {
            // `0` and `1` are integers to the compiler.
            Some(number) => {
                let mut literal = Literal::f64_suffixed(number);
                literal.set_span(first_span(&quantile.to_token_stream()));
                literal.into_token_stream()
            }
            None => quantile.to_token_stream(),
        });
        let window = self.window.as_ref().map_or_else(
            || quote_spanned!(span=> 0),
            |window| {
                let span = first_span(&window.to_token_stream());
                quote_spanned!(span=> #window)
            },
        );
        tokens.extend(quote_spanned!(span=> .declared_quantiles(&[#(#all),*], #window)));
    }
}
