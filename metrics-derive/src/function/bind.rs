//! Arguments, moved as a whole into what surrounds the body.
//!
//! A function drops its last argument first, and of each argument what its pattern binds before what is left of it. A
//! closure or an async block drops what it captured in the order in which the body names it, and captures only what the body
//! names. So each argument is bound once more inside, in the way in which the compiler itself binds those of an `async fn`:
//! `let argument = argument; let pattern = argument;`.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};
use syn::Attribute as Attr;

use super::{
    argument::{Argument, Kind},
    signature::Signature,
};
use crate::tokens::{is_punct, is_word, only, regroup};

/// A signature whose arguments have plain names, and the statements that bind them as they were written.
pub(super) struct Bound {
    pub(super) sig: Signature,
    pub(super) lets: TokenStream,
}

/// Gives each argument a plain name, and binds it inside.
pub(super) fn bound(sig: &Signature) -> Bound {
    let span = Span::mixed_site();
    let mut lets = TokenStream::new();
    let arguments = sig.arguments().into_iter().enumerate().map(|(at, argument)| match &argument.kind {
        Kind::Receiver { this, .. } => {
            // It has no other name, so that it stays captured, and is dropped last.
            lets.extend(quote_spanned!(span=> let _ = &#this;));
            argument
        }
        Kind::Typed { pattern, colon_and_type } if !argument.is_variadic() => {
            let attrs = &argument.attrs;
            let name = argument.plain_name();
            let outer = name.clone().unwrap_or_else(|| format_ident!("__arg{at}", span = span));
            if name.is_some() {
                lets.extend(quote_spanned!(span=> #(#attrs)* let #pattern = #outer;));
            } else {
                let cfg = attrs.iter().filter(|attr| is_conditional(attr)).map(unexpected);
                lets.extend(quote_spanned!(span=> #(#cfg)* let #outer = #outer;));
                if !is_word(only(pattern).as_ref(), "_") {
                    lets.extend(quote_spanned!(span=> #(#attrs)* let #pattern = #outer;));
                }
            }
            let kind = Kind::Typed { pattern: quote!(#outer), colon_and_type: colon_and_type.clone() };
            let attrs = attrs.iter().map(unexpected).collect();
            Argument { attrs, kind }
        }
        Kind::Typed { .. } | Kind::Other(_) => argument,
    });
    let arguments = quote!(#(#arguments),*);
    Bound { sig: Signature { arguments: regroup(&sig.arguments, arguments), ..sig.clone() }, lets }
}

/// Statements that have a closure or an async block capture each argument as a whole, for a signature that other macros
/// have yet to read. What a pattern leaves of an argument stays outside.
pub(super) fn mentions(sig: &Signature) -> TokenStream {
    let mut mentions = Vec::new();
    for argument in sig.arguments() {
        let cfg: Vec<&Attr> = argument.attrs.iter().filter(|attr| is_conditional(attr)).collect();
        match &argument.kind {
            Kind::Receiver { this, .. } => {
                mentions.push(quote_spanned!(Span::mixed_site()=> let _ = &#this;));
            }
            Kind::Typed { .. } => {
                for name in argument.bindings() {
                    mentions.push(quote_spanned!(Span::mixed_site()=> #(#cfg)* let _ = &#name;));
                }
            }
            Kind::Other(_) => {}
        }
    }
    mentions.into_iter().rev().collect()
}

fn is_conditional(attr: &Attr) -> bool {
    attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr")
}

/// The attribute with `allow` for `expect`: what is expected is found where the argument is bound inside.
fn unexpected(attr: &Attr) -> Attr {
    let mut attr = attr.clone();
    if attr.path().is_ident("expect") {
        if let Some(segment) = attr.path().segments.first() {
            let allow = Ident::new("allow", segment.ident.span());
            match &mut attr.meta {
                syn::Meta::List(list) => list.path = allow.into(),
                syn::Meta::Path(path) => *path = allow.into(),
                syn::Meta::NameValue(_) => {}
            }
        }
    } else if attr.path().is_ident("cfg_attr") {
        if let syn::Meta::List(list) = &mut attr.meta {
            let tokens = list.tokens.clone().into_iter().map(|token| match token {
                TokenTree::Ident(word) if word == "expect" => Ident::new("allow", word.span()).into(),
                other => other,
            });
            list.tokens = tokens.collect();
        }
    }
    attr
}

/// Which arguments an expression uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Uses {
    /// Any at all, `self` included.
    pub(super) any: bool,
    /// Any that only a pattern binds.
    pub(super) patterns: bool,
}

impl Uses {
    /// Finds out which words of the expression are arguments of the function.
    pub(super) fn find(expression: &TokenStream, sig: &Signature) -> Self {
        let mut words = Vec::new();
        collect_words(expression.clone(), &mut words);
        let mut uses = Self::default();
        for argument in sig.arguments() {
            if let Kind::Receiver { this, .. } = &argument.kind {
                uses.any |= words.iter().any(|word| this == word);
            }
            let is_plain = argument.plain_name().is_some();
            for name in argument.bindings() {
                if words.iter().any(|word| name == word) {
                    uses.any = true;
                    uses.patterns |= !is_plain;
                }
            }
        }
        uses
    }
}

/// The names that a pattern binds and that the expression uses.
pub(super) fn used_patterns(expression: &TokenStream, sig: &Signature) -> Vec<Ident> {
    let mut words = Vec::new();
    collect_words(expression.clone(), &mut words);
    let arguments = sig.arguments();
    let patterns = arguments.iter().filter(|argument| argument.plain_name().is_none());
    patterns.flat_map(Argument::bindings).filter(|name| words.iter().any(|word| name == word)).collect()
}

/// All words that could name a value, those in format strings included.
fn collect_words(tokens: TokenStream, words: &mut Vec<String>) {
    let mut after_dot = false;
    for token in tokens {
        let was_after_dot = std::mem::replace(&mut after_dot, is_punct(Some(&token), '.'));
        match token {
            TokenTree::Ident(word) if !was_after_dot => words.push(word.to_string()),
            TokenTree::Group(group) => collect_words(group.stream(), words),
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                if text.contains('{') {
                    let names = text.split('{').skip(1).map(|rest| {
                        rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
                    });
                    words.extend(names.filter(|name: &String| !name.is_empty()));
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;

    use super::{Uses, bound};
    use crate::function::Signature;

    fn signature() -> Signature {
        syn::parse_str("fn f(&self, a: u8, (b, _): (u8, u8), _: u8, Some { c, d: e }: Some)")
            .expect("a signature")
    }

    #[test]
    fn arguments_are_bound_in_their_order() {
        let lets = bound(&signature()).lets.to_string().replace(' ', "");
        assert_eq!(
            lets,
            "let_=&self;leta=a;let__arg2=__arg2;let(b,_)=__arg2;let__arg3=__arg3;let__arg4=__arg4;letSome{c,d:e}=__arg4;"
        );
    }

    #[test]
    fn arguments_are_found_in_expressions() {
        let find = |text: &str| {
            let tokens: TokenStream = text.parse().expect(text);
            let uses = Uses::find(&tokens, &signature());
            (uses.any, uses.patterns)
        };
        assert_eq!(find("X.with(Y { z: 1 })"), (false, false));
        assert_eq!(find("X.a"), (false, false));
        assert_eq!(find("X.with(a)"), (true, false));
        assert_eq!(find("self.counter"), (true, false));
        assert_eq!(find("X.with(Y { b })"), (true, true));
        assert_eq!(find("format!(\"{e}\")"), (true, true));
        assert_eq!(find("d"), (false, false));
    }
}
