//! What an attribute wants to happen around a body.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote_spanned};
use syn::Path;

use super::item::Function;
use crate::{errors::Errors, expression::Expression, krate, tokens::first_span};

/// An attribute on functions.
pub(crate) struct Attribute {
    /// How it is written, for messages: `#[timed]`.
    pub(crate) text: &'static str,
    /// The last word of its path, to find it among other attributes.
    pub(crate) word: &'static str,
    /// Reads its arguments. The path is the crate's, to use if they do not name one.
    pub(crate) options: fn(TokenStream, Path, &mut Errors) -> Box<dyn Options>,
}

/// The arguments of an attribute.
pub(crate) trait Options {
    /// Builds the layer for one function.
    fn layer(&self, function: &Function, names: &Names, errors: &mut Errors) -> Layer;

    /// The path of the crate in generated code.
    fn krate(&self) -> &Path;
}

/// What one attribute wants to happen around a function's body. All parts may be empty.
///
/// Identifiers are hygienic, so that parts see the function's arguments and the body never sees parts.
#[derive(Default)]
pub(crate) struct Layer {
    /// Items at the top of the function: the static of a call site and its registration.
    pub(crate) items: TokenStream,
    /// What is called on a metric when the work begins.
    pub(crate) start: Option<Start>,
    /// How the outcome is seen, if it matters.
    pub(crate) outcome: Option<Outcome>,
}

/// `metric.method()` when the work begins.
pub(crate) struct Start {
    pub(crate) metric: Expression,
    pub(crate) method: &'static str,
    /// Whether what it returns has to live as long as the work.
    pub(crate) is_guard: bool,
}

/// How the outcome of a body is seen.
pub(crate) struct Outcome {
    /// What becomes of an expression while the arguments are in scope, before the body runs.
    pub(crate) prepared: Option<Prepared>,
    pub(crate) begin: Begin,
    /// Statements that use the [names](Names) of the guard, of the reference to the returned value, and of what was prepared.
    pub(crate) end: TokenStream,
    /// The expressions of the user's in them.
    pub(crate) uses: TokenStream,
    /// Whether the value has to be looked at even where it cannot be a failure.
    pub(crate) needs_value: bool,
}

/// A value that is computed before the body runs, and used behind it.
pub(crate) struct Prepared {
    pub(crate) value: TokenStream,
    /// The expression of the user's in it.
    pub(crate) uses: TokenStream,
}

/// What begins with the work.
pub(crate) enum Begin {
    /// Nothing: only the end matters.
    Nothing,
    /// A call of the site, which is of this type.
    Site(&'static str),
}

/// The identifiers of one layer of a function, and where its attribute is written.
pub(crate) struct Names {
    pub(crate) site: Ident,
    pub(crate) guard: Ident,
    pub(crate) prepared: Ident,
    /// What the statements at the end find the returned value under, behind a reference.
    pub(crate) value: Ident,
    /// A handle to a metric, and a copy of what the end needs of the arguments.
    pub(super) handle: Ident,
    pub(super) snapshot: Ident,
    /// Whether the attribute is that of the `impl` block around the function, and so need not fit it.
    pub(crate) inherited: bool,
}

impl Names {
    pub(super) fn new(layer: usize, inherited: bool) -> Self {
        let name = |word| format_ident!("__{word}{layer}", span = Span::mixed_site());
        Self {
            site: format_ident!("__SITE{layer}", span = Span::mixed_site()),
            guard: name("guard"),
            prepared: name("prepared"),
            value: Ident::new("__value", Span::mixed_site()),
            handle: name("handle"),
            snapshot: name("snapshot"),
            inherited,
        }
    }
}

impl Start {
    /// `metric.method()`. The method has the span of the expression, so that a metric of another kind is reported there.
    pub(super) fn call(&self) -> TokenStream {
        self.call_on(&self.metric.operand())
    }

    /// `handle.method()`
    pub(super) fn call_on(&self, metric: &TokenStream) -> TokenStream {
        let span = self.metric.span().resolved_at(Span::mixed_site());
        let method = Ident::new(self.method, span);
        quote_spanned!(span=> #metric.#method())
    }
}

/// An expression that says whether the value behind the reference is a failure. Found by method resolution, so any
/// alias of `Result` will do.
pub(crate) fn failed(krate: &Path, names: &Names) -> TokenStream {
    let value = &names.value;
    quote_spanned! {Span::mixed_site()=> {
        use #krate::__private_v4::{AnyProbe as _, ResultProbe as _};
        (&#krate::__private_v4::Probe(#value)).__tallymark_failed()
    }}
}

/// Runs the statements with the name bound to a reference to the error, if the value is one. Where the function
/// returns no `Result`, the mistake is shown at its return type.
pub(crate) fn if_err(krate: &Path, function: &Function, error: &Ident, then: &TokenStream) -> TokenStream {
    // All of the call has the place of the return type, so that a mistake is shown there, and once.
    let span = function.output().map_or_else(Span::mixed_site, first_span).resolved_at(Span::mixed_site());
    let here = krate::located_at(krate, span);
    let value = Ident::new("__value", span);
    let returned = quote_spanned!(span=> #here::__private_v4::error_of(#value));
    quote_spanned! {Span::mixed_site()=>
        if let ::core::option::Option::Some(#error) = #returned { #then }
    }
}

/// A handle to a metric that an expression names: a copy if it can be copied, else a reference, unless the expression
/// makes a value of its own.
pub(crate) fn handle(krate: &Path, metric: &Expression, function: &Function) -> TokenStream {
    let is_argument = metric.as_word().is_some_and(|word| function.binds(&word));
    if !metric.is_place() || is_argument {
        return quote_spanned!(Span::mixed_site()=> #metric);
    }
    let span = metric.span().resolved_at(Span::mixed_site());
    quote_spanned! {span=> {
        use #krate::__private_v4::{PickCopy as _, PickReference as _};
        (&#krate::__private_v4::Pick(&#metric)).__tallymark_pick()
    }}
}

/// One layer, and the identifiers in it.
pub(super) struct Named {
    pub(super) layer: Layer,
    pub(super) names: Names,
}
