//! Expressions in the arguments of attributes, kept as tokens: whatever the compiler takes may be written there.

mod closure;
mod scan;

use proc_macro2::{Delimiter, Group, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Ident, Lit, LitStr, Path, Token,
    parse::{Parse, ParseStream, Parser, Result},
};

use crate::tokens::{first_span, is_punct, only, ungrouped};
pub(crate) use closure::Closure;
use scan::Scan;

/// An expression as written.
#[derive(Clone)]
pub(crate) struct Expression {
    tokens: TokenStream,
}

impl Parse for Expression {
    /// Takes everything up to a comma that is not part of the expression.
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut scan = Scan::default();
        let mut tokens = TokenStream::new();
        let mut after_name = false;
        while !(input.is_empty() || (scan.is_outside() && input.peek(Token![,]))) {
            let at_name = input.peek(Ident);
            if at_name && after_name {
                // No expression has two names in a row; the compiler would not think of the comma.
                return Err(input.error("expected `,`"));
            }
            let token: TokenTree = input.parse()?;
            after_name = at_name && matches!(token, TokenTree::Ident(_));
            scan.step(&token);
            tokens.extend([token]);
        }
        if tokens.is_empty() {
            return Err(input.error("expected an expression"));
        }
        Ok(Self { tokens: ungrouped(tokens) })
    }
}

impl ToTokens for Expression {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.tokens.clone());
    }
}

impl Expression {
    /// The word, if it is no more than that.
    pub(crate) fn as_word(&self) -> Option<Ident> {
        match only(&self.tokens)? {
            TokenTree::Ident(word) => Some(word),
            _ => None,
        }
    }

    /// The word and the parentheses of `word(…)`.
    pub(crate) fn as_call(&self) -> Option<(Ident, Group)> {
        let mut tokens = self.tokens.clone().into_iter();
        match (tokens.next()?, tokens.next()?, tokens.next()) {
            (TokenTree::Ident(word), TokenTree::Group(group), None)
                if group.delimiter() == Delimiter::Parenthesis =>
            {
                Some((word, group))
            }
            _ => None,
        }
    }

    /// The text of a string literal.
    pub(crate) fn as_string(&self) -> Option<LitStr> {
        syn::parse2(self.tokens.clone()).ok()
    }

    /// The number of a literal, whatever its type.
    pub(crate) fn as_number(&self) -> Option<f64> {
        match syn::parse2(self.tokens.clone()).ok()? {
            Lit::Float(number) => number.base10_parse().ok(),
            Lit::Int(number) => number.base10_parse().ok(),
            _ => None,
        }
    }

    /// Whether it is one literal.
    pub(crate) fn is_literal(&self) -> bool {
        matches!(only(&self.tokens), Some(TokenTree::Literal(_)))
            || self.as_word().is_some_and(|word| word == "true" || word == "false")
    }

    /// The path that it is.
    pub(crate) fn as_path(&self) -> Option<Path> {
        Path::parse_mod_style.parse2(self.tokens.clone()).ok()
    }

    /// The closure that it is, perhaps in parentheses.
    pub(crate) fn as_closure(&self) -> Option<Closure> {
        Closure::find(self.tokens.clone())
    }

    /// Whether it names a thing that stays where it is: by a path, or as a field of another.
    pub(crate) fn is_place(&self) -> bool {
        let tokens: Vec<TokenTree> = self.tokens.clone().into_iter().collect();
        let is_path = !tokens.iter().any(|token| match token {
            TokenTree::Punct(punct) => matches!(punct.as_char(), '.' | '?' | '!'),
            TokenTree::Group(group) => group.delimiter() != Delimiter::None,
            TokenTree::Literal(_) => true,
            TokenTree::Ident(_) => false,
        });
        let is_field = match tokens.as_slice() {
            [.., dot, TokenTree::Ident(name)] => is_punct(Some(dot), '.') && name != "await",
            [.., dot, TokenTree::Literal(_)] => is_punct(Some(dot), '.'),
            _ => false,
        };
        (is_path || is_field) && self.is_operand()
    }

    /// The tokens as they can stand before a method call or an argument list.
    pub(crate) fn operand(&self) -> TokenStream {
        if self.is_operand() {
            return self.tokens.clone();
        }
        TokenTree::Group(Group::new(Delimiter::Parenthesis, self.tokens.clone())).into()
    }

    /// Whether no operator and no keyword keeps what follows from belonging to the whole expression.
    fn is_operand(&self) -> bool {
        let mut scan = Scan::default();
        let mut is_first = true;
        self.tokens.clone().into_iter().all(|token| {
            let was_outside = scan.is_outside();
            scan.step(&token);
            let in_brackets = !was_outside || !scan.is_outside();
            in_brackets || binds(&token, std::mem::take(&mut is_first))
        })
    }

    /// Where it begins.
    pub(crate) fn span(&self) -> Span {
        first_span(&self.tokens)
    }
}

/// Whether the token belongs to a path, a call, an index, a field, a literal or a macro.
fn binds(token: &TokenTree, is_first: bool) -> bool {
    // Keywords that are values, or parts of paths.
    const NAMES: [&str; 5] = ["Self", "await", "crate", "self", "super"];
    match token {
        TokenTree::Punct(punct) => match punct.as_char() {
            // Two dots are a range.
            '.' => punct.spacing() == Spacing::Alone,
            '!' => !is_first,
            other => matches!(other, ':' | '?'),
        },
        TokenTree::Ident(word) => {
            NAMES.iter().any(|name| word == name) || syn::parse2::<Ident>(word.to_token_stream()).is_ok()
        }
        TokenTree::Group(group) => !is_first || group.delimiter() != Delimiter::Brace,
        TokenTree::Literal(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::Expression;

    fn expression(text: &str) -> Expression {
        syn::parse_str(text).expect(text)
    }

    #[test]
    fn what_a_method_can_be_called_on_needs_no_parentheses() {
        for text in [
            "ORDERS",
            "crate::metrics::ORDERS",
            "self.orders",
            "ORDERS.with(A { b, c })",
            "X.with::<A, B>(c)[0]?",
            "<A<B> as C<D, E>>::F",
            "::a::b",
            "labels!(a, b)",
            "(a + b)",
            "self.0.1",
            "metric().await",
        ] {
            assert_eq!(expression(text).operand().to_string(), expression(text).tokens.to_string(), "{text}");
        }
        for text in [
            "&X",
            "-1",
            "a + b",
            "a as u8",
            "move || x",
            "unsafe { X }",
            "if a { b } else { c }",
            "a < b",
            "*x",
            "{ x }",
            "a..b",
            "!a",
        ] {
            assert!(expression(text).operand().to_string().starts_with('('), "{text}");
        }
    }

    #[test]
    fn two_names_want_a_comma() {
        for text in ["A B", "a.b c", "a as u8 b"] {
            let error = syn::parse_str::<Expression>(text).map(|_| ()).expect_err(text);
            assert_eq!(error.to_string(), "expected `,`", "{text}");
        }
        for text in ["&raw const A", "a as *const u8", "if a { b } else { c }", "move |a| b", "a as dyn B"] {
            expression(text);
        }
    }

    #[test]
    fn handles_are_told_from_places() {
        for text in ["ORDERS", "a::ORDERS", "self.orders", "self.0", "A::<B>::ORDERS", "a().b"] {
            assert!(expression(text).is_place(), "{text}");
        }
        for text in ["ORDERS.with(a)", "handle()", "&ORDERS", "a!(b)", "metric().await", "1", "a + b.c"] {
            assert!(!expression(text).is_place(), "{text}");
        }
    }
}
