//! Method calls on a metric that the user names by an expression.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

use crate::expression::Expression;

/// `metric.method()`. The method has the span of the expression, so a metric of another kind is reported there.
pub(crate) fn call(metric: &Expression, method: &str) -> TokenStream {
    let span = metric.span().resolved_at(Span::mixed_site());
    let (metric, method) = (metric.operand(), Ident::new(method, span));
    quote_spanned!(span=> #metric.#method())
}
