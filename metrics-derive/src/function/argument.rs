//! An argument of a function as written.

use proc_macro2::{Spacing, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, quote};
use syn::{
    Attribute as Attr, Ident,
    parse::{ParseStream, Parser, Result},
};

use crate::tokens::{Angles, is_punct, is_word, ungrouped};

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

    /// Whether it is `self` in any of its forms.
    pub(super) fn is_receiver(&self) -> bool {
        matches!(self.kind, Kind::Receiver { .. })
    }

    /// Whether it is `self` itself, or a box of it, and not a reference.
    pub(super) fn is_self_by_value(&self) -> bool {
        matches!(&self.kind, Kind::Receiver { tokens, .. } if {
            let text = tokens.to_string();
            !text.contains('&')
        })
    }

    /// Whether it is the dots behind the arguments of a C function, under a name.
    pub(super) fn is_variadic(&self) -> bool {
        matches!(&self.kind, Kind::Typed { colon_and_type, .. } if colon_and_type.to_string().ends_with('.'))
    }

    /// The names that it binds. A unit struct in a pattern looks like one, and does no harm.
    pub(crate) fn bindings(&self) -> Vec<Ident> {
        let mut names = Vec::new();
        if let Kind::Typed { pattern, .. } = &self.kind {
            collect_bindings(pattern.clone(), &mut names);
        }
        names
    }
}

fn collect_bindings(pattern: TokenStream, names: &mut Vec<Ident>) {
    const KEYWORDS: [&str; 6] = ["_", "box", "const", "mut", "ref", "self"];
    let tokens: Vec<TokenTree> = pattern.into_iter().collect();
    let mut angles = Angles::default();
    for (at, token) in tokens.iter().enumerate() {
        angles.step(token);
        match token {
            TokenTree::Group(group) => collect_bindings(group.stream(), names),
            TokenTree::Ident(word) if angles.are_closed() && KEYWORDS.iter().all(|other| word != other) => {
                let next = tokens.get(at + 1);
                let is_path = is_punct(next, ':')
                    || is_punct(next, '<')
                    || is_punct(next, '!')
                    || matches!(next, Some(TokenTree::Group(_)))
                    || at.checked_sub(1).is_some_and(|before| {
                        let is_joint =
                            matches!(&tokens[before], TokenTree::Punct(colon) if colon.as_char() == ':');
                        is_joint
                            && before.checked_sub(1).is_some_and(|first| is_punct(tokens.get(first), ':'))
                    });
                if !is_path && !names.contains(word) {
                    names.push(word.clone());
                }
            }
            _ => {}
        }
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
    fn patterns_bind_names() {
        for (text, expected) in [
            ("a: u8", "a"),
            ("mut a: u8", "a"),
            ("(a, (ref b, _)): T", "a b"),
            ("geometry::Point::<u8> { x, y: other, .. }: T", "x other"),
            ("whole @ (_, _): T", "whole"),
            ("(Ok(c) | Err(c)): T", "c"),
            ("&[a, .., b]: T", "a b"),
            ("_: T", ""),
        ] {
            let names: Vec<_> = argument(text).bindings().iter().map(ToString::to_string).collect();
            assert_eq!(names.join(" "), expected, "{text}");
        }
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
