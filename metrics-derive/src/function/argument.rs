//! An argument of a function as written.

use proc_macro2::{Spacing, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, quote};
use syn::{
    Attribute as Attr, Ident,
    parse::{ParseStream, Parser, Result},
};

use crate::tokens::{is_punct, is_word, ungrouped};

/// One argument.
pub(crate) struct Argument {
    pub(crate) attrs: Vec<Attr>,
    pub(crate) kind: Kind,
}

/// What kind of argument it is.
pub(crate) enum Kind {
    /// `self` in any of its forms.
    Receiver { this: Ident, tokens: TokenStream },
    /// `pattern: Type`
    Typed { pattern: TokenStream, colon_and_type: TokenStream },
    /// What has no pattern: the dots behind the arguments of a C function.
    Other(TokenStream),
}

impl Argument {
    /// Understands what stands between two commas.
    pub(super) fn new(tokens: TokenStream) -> Self {
        let parser = |input: ParseStream<'_>| -> Result<_> {
            Ok((input.call(Attr::parse_outer)?, input.parse::<TokenStream>()?))
        };
        match parser.parse2(tokens.clone()) {
            Ok((attrs, rest)) => Self { attrs, kind: Kind::new(rest) },
            Err(_) => Self { attrs: Vec::new(), kind: Kind::Other(tokens) },
        }
    }

    /// The name, if it is a plain `name` or `mut name`.
    pub(crate) fn plain_name(&self) -> Option<Ident> {
        let Kind::Typed { pattern, .. } = &self.kind else { return None };
        let mut tokens = ungrouped(pattern.clone()).into_iter().peekable();
        tokens.next_if(|token| is_word(Some(token), "mut"));
        match (tokens.next()?, tokens.next()) {
            (TokenTree::Ident(name), None) if name != "_" => Some(name),
            _ => None,
        }
    }

    /// Whether it binds the whole value to that name.
    pub(crate) fn binds(&self, name: &Ident) -> bool {
        let Kind::Typed { pattern, .. } = &self.kind else { return false };
        let mut tokens = ungrouped(pattern.clone()).into_iter().peekable();
        while tokens.next_if(|token| is_word(Some(token), "ref") || is_word(Some(token), "mut")).is_some() {}
        let is_name = matches!(tokens.next(), Some(TokenTree::Ident(word)) if word == *name);
        is_name && tokens.next().is_none_or(|token| is_punct(Some(&token), '@'))
    }
}

impl Kind {
    fn new(tokens: TokenStream) -> Self {
        let list: Vec<TokenTree> = tokens.clone().into_iter().collect();
        let colon = colon(&list);
        let (pattern, colon_and_type) = list.split_at(colon.unwrap_or(list.len()));
        if let Some(this) = receiver(pattern) {
            return Self::Receiver { this, tokens };
        }
        if colon_and_type.is_empty() {
            return Self::Other(tokens);
        }
        Self::Typed {
            pattern: pattern.iter().cloned().collect(),
            colon_and_type: colon_and_type.iter().cloned().collect(),
        }
    }
}

/// Where the colon stands that is no part of a path.
fn colon(tokens: &[TokenTree]) -> Option<usize> {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let is_colon = is_punct(Some(token), ':');
        let is_joint = matches!(token, TokenTree::Punct(punct) if punct.spacing() == Spacing::Joint);
        if is_colon && is_joint && is_punct(tokens.get(at + 1), ':') {
            at += 2;
        } else if is_colon {
            return Some(at);
        } else {
            at += 1;
        }
    }
    None
}

/// The `self` of a receiver: `self`, `mut self`, `&self`, `&'a mut self`.
fn receiver(pattern: &[TokenTree]) -> Option<Ident> {
    let (last, before) = pattern.split_last()?;
    let is_receiver = before.iter().all(|token| match token {
        TokenTree::Punct(punct) => matches!(punct.as_char(), '&' | '\''),
        TokenTree::Ident(_) => true,
        _ => false,
    });
    match last {
        TokenTree::Ident(word) if word == "self" && is_receiver => Some(word.clone()),
        _ => None,
    }
}

impl ToTokens for Argument {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.attrs);
        match &self.kind {
            Kind::Receiver { tokens: own, .. } | Kind::Other(own) => tokens.extend(own.clone()),
            Kind::Typed { pattern, colon_and_type } => tokens.extend(quote!(#pattern #colon_and_type)),
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;

    use super::{Argument, Kind};

    fn argument(text: &str) -> Argument {
        Argument::new(text.parse().expect(text))
    }

    #[test]
    fn every_receiver_is_one() {
        for text in [
            "self",
            "mut self",
            "&self",
            "&mut self",
            "&'a self",
            "&'a mut self",
            "self: Box<Self>",
            "mut self: Box<Self>",
            "self: ::std::pin::Pin<&'a mut Self>",
            "#[cfg(unix)] &self",
        ] {
            let argument = argument(text);
            assert!(matches!(&argument.kind, Kind::Receiver { this, .. } if this == "self"), "{text}");
            assert_eq!(
                argument.to_token_stream().to_string(),
                text.parse::<proc_macro2::TokenStream>().expect(text).to_string()
            );
        }
    }

    #[test]
    fn patterns_end_at_their_colon() {
        for (text, expected) in [
            ("a: u8", "a"),
            ("mut a: ::std::vec::Vec<u8>", "mut a"),
            ("(a, (b, _)): (u8, (u8, u8))", "(a,(b,_))"),
            ("geometry::Point { x, y: other }: geometry::Point", "geometry::Point{x,y:other}"),
            ("::a::B(c): ::a::B", "::a::B(c)"),
            ("Generic::<u8> { value }: Generic<u8>", "Generic::<u8>{value}"),
            ("&[a, ..]: &[u8; 3]", "&[a,..]"),
            ("whole @ (_, _): (u8, u8)", "whole@(_,_)"),
            ("_: impl Fn(u8) -> u8", "_"),
            ("mut rest: ...", "mut rest"),
        ] {
            let Kind::Typed { pattern, .. } = argument(text).kind else { panic!("{text}") };
            assert_eq!(pattern.to_string().replace(' ', ""), expected.replace(' ', ""), "{text}");
        }
        assert!(matches!(argument("...").kind, Kind::Other(_)));
    }

    #[test]
    fn plain_names_need_no_other_name() {
        assert_eq!(argument("a: u8").plain_name().expect("a name"), "a");
        assert_eq!(argument("mut a: u8").plain_name().expect("a name"), "a");
        for text in ["_: u8", "ref a: u8", "(a, b): (u8, u8)", "a @ _: u8", "&a: &u8", "self", "..."] {
            assert!(argument(text).plain_name().is_none(), "{text}");
        }
    }
}
