//! Runs of tokens, read no further than what the macros act on. Everything else goes to the compiler as it was
//! written, so that nothing has to be understood here before it can be used there.

mod angles;

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Result};

pub(crate) use angles::{Angles, last_word, position, split, until};

/// Whether it is that character, and punctuation.
pub(crate) fn is_punct(token: Option<&TokenTree>, character: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == character)
}

/// Whether it is that word.
pub(crate) fn is_word(token: Option<&TokenTree>, word: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == word)
}

/// Whether it is a pair of braces. What a `macro_rules` macro was given comes in an invisible group.
pub(crate) fn is_braces(token: &TokenTree) -> bool {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            group.stream().into_iter().next().is_some_and(|token| is_braces(&token))
        }
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    }
}

/// The tokens, without the invisible group that a `macro_rules` macro puts around what it was given.
pub(crate) fn ungrouped(tokens: TokenStream) -> TokenStream {
    match only(&tokens) {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::None => ungrouped(group.stream()),
        _ => tokens,
    }
}

/// The token, if there is one and no more.
pub(crate) fn only(tokens: &TokenStream) -> Option<TokenTree> {
    let mut tokens = tokens.clone().into_iter();
    let first = tokens.next()?;
    tokens.next().is_none().then_some(first)
}

/// Where the tokens begin, or the call if there are none.
pub(crate) fn first_span(tokens: &TokenStream) -> Span {
    tokens.clone().into_iter().next().map_or_else(Span::call_site, |token| token.span())
}

/// Other tokens between the same delimiters.
pub(crate) fn regroup(group: &Group, tokens: TokenStream) -> Group {
    let mut other = Group::new(group.delimiter(), tokens);
    other.set_span(group.span());
    other
}

/// Takes an item to its end, a semicolon or a pair of braces, and understands nothing of it. One that goes on behind its
/// braces (`use a::{b};`) leaves its rest to the next call, which takes it just the same.
pub(crate) fn item(input: ParseStream<'_>, tokens: &mut TokenStream) -> Result<()> {
    while !input.is_empty() {
        let token: TokenTree = input.parse()?;
        let is_end = is_punct(Some(&token), ';') || is_braces(&token);
        tokens.extend([token]);
        if is_end {
            break;
        }
    }
    Ok(())
}
