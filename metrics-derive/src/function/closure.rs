//! Closures in attribute arguments, opened up so that types flow into them.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, ExprClosure, ReturnType};

use crate::errors::Errors;

/// The closure behind an expression.
pub(crate) fn find(expr: &Expr) -> Option<&ExprClosure> {
    match expr {
        Expr::Closure(closure) => Some(closure),
        Expr::Group(group) => find(&group.expr),
        Expr::Paren(paren) => find(&paren.expr),
        _ => None,
    }
}

/// `closure(argument)` without a call: the pattern bound to the argument, then the body. A called closure would be
/// checked before the type of its argument is known.
pub(crate) fn applied(closure: &ExprClosure, argument: &TokenStream, errors: &mut Errors) -> TokenStream {
    let mut inputs = closure.inputs.iter();
    let (Some(input), None) = (inputs.next(), inputs.next()) else {
        errors.spanned(closure, "this closure takes one argument: a reference to the returned value");
        return TokenStream::new();
    };
    let body = &closure.body;
    let value = match &closure.output {
        ReturnType::Default => quote!(#body),
        ReturnType::Type(_, ty) => {
            quote_spanned!(Span::mixed_site()=> { let __result: #ty = #body; __result })
        }
    };
    quote_spanned!(Span::mixed_site()=> { let #input = #argument; #value })
}
