//! Method calls on a metric that the user names by an expression.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::{Expr, ExprMethodCall, Token, punctuated::Punctuated, token::Paren};

use crate::args::first_span;

/// `metric.method()`. The method has the span of the expression, so a metric of another kind is reported there.
pub(crate) fn call(metric: &Expr, method: &str) -> TokenStream {
    let span = first_span(metric).resolved_at(Span::mixed_site());
    ExprMethodCall {
        attrs: Vec::new(),
        receiver: Box::new(metric.clone()),
        dot_token: Token![.](span),
        method: Ident::new(method, span),
        turbofish: None,
        paren_token: Paren(span),
        args: Punctuated::new(),
    }
    .into_token_stream()
}
