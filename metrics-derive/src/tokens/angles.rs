//! Angle brackets, which tokens do not come grouped by.

use proc_macro2::{Ident, Spacing, TokenStream, TokenTree};
use syn::parse::{ParseStream, Result};

use super::{is_punct, ungrouped};

/// Follows types, bounds and patterns, where every `<` opens and every `>` but that of an arrow closes.
#[derive(Default)]
pub(crate) struct Angles {
    depth: usize,
    /// Whether the last token was the first half of an arrow.
    in_arrow: bool,
}

impl Angles {
    /// Whether what comes next stands outside of all brackets.
    pub(crate) fn are_closed(&self) -> bool {
        self.depth == 0
    }

    /// Whether the token closes a bracket that was opened before the first one.
    pub(crate) fn end_at(&self, token: &TokenTree) -> bool {
        self.depth == 0 && !self.in_arrow && is_punct(Some(token), '>')
    }

    /// Goes past a token.
    pub(crate) fn step(&mut self, token: &TokenTree) {
        match token {
            TokenTree::Punct(punct) => {
                match punct.as_char() {
                    '<' => self.depth += 1,
                    '>' if !self.in_arrow => self.depth = self.depth.saturating_sub(1),
                    _ => {}
                }
                self.in_arrow = punct.as_char() == '-' && punct.spacing() == Spacing::Joint;
            }
            _ => self.in_arrow = false,
        }
    }
}

/// The first place outside of angle brackets at which the tokens go on as wanted.
pub(crate) fn position(tokens: &[TokenTree], wanted: &dyn Fn(&[TokenTree]) -> bool) -> Option<usize> {
    let mut angles = Angles::default();
    for (at, token) in tokens.iter().enumerate() {
        if angles.are_closed() && wanted(&tokens[at..]) {
            return Some(at);
        }
        angles.step(token);
    }
    None
}

/// The runs between separators outside of angle brackets. What follows the last separator is a run only if it holds
/// something.
pub(crate) fn split(mut tokens: &[TokenTree], separator: char) -> Vec<&[TokenTree]> {
    let mut runs = Vec::new();
    while let Some(at) = position(tokens, &|rest| is_punct(rest.first(), separator)) {
        runs.push(&tokens[..at]);
        tokens = &tokens[at + 1..];
    }
    if !tokens.is_empty() {
        runs.push(tokens);
    }
    runs
}

/// Takes tokens up to the first place outside of angle brackets at which the input goes on as wanted.
pub(crate) fn until(input: ParseStream<'_>, wanted: &dyn Fn(ParseStream<'_>) -> bool) -> Result<TokenStream> {
    let mut angles = Angles::default();
    let mut tokens = TokenStream::new();
    while !(input.is_empty() || (angles.are_closed() && wanted(input))) {
        let token: TokenTree = input.parse()?;
        angles.step(&token);
        tokens.extend([token]);
    }
    Ok(tokens)
}

/// The last word of a type that is a path: `Result` of `io::Result<T>`.
pub(crate) fn last_word(ty: &TokenStream) -> Option<Ident> {
    const NO_PATHS: [&str; 6] = ["dyn", "extern", "fn", "for", "impl", "unsafe"];
    let mut angles = Angles::default();
    let mut last = None;
    for token in ungrouped(ty.clone()) {
        if angles.are_closed() {
            match &token {
                TokenTree::Ident(word) if last.is_some() || NO_PATHS.iter().all(|other| word != other) => {
                    last = Some(word.clone());
                }
                TokenTree::Punct(punct) if matches!(punct.as_char(), ':' | '<') => {}
                _ => return None,
            }
        }
        angles.step(&token);
    }
    last
}

#[cfg(test)]
mod tests {
    use proc_macro2::{TokenStream, TokenTree};
    use quote::quote;

    use super::{last_word, split};

    fn runs(tokens: TokenStream) -> Vec<String> {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let text =
            |run: &&[TokenTree]| run.iter().cloned().collect::<TokenStream>().to_string().replace(' ', "");
        split(&tokens, ',').iter().map(text).collect()
    }

    #[test]
    fn what_stands_in_brackets_is_kept_together() {
        assert_eq!(runs(quote!(A<B, C<D, E>>, F)), ["A<B,C<D,E>>", "F"]);
        assert_eq!(runs(quote!(Fn(A, B) -> C<D, E>, F)), ["Fn(A,B)->C<D,E>", "F"]);
        assert_eq!(runs(quote!(A<dyn Fn(B) -> C, D>, E,)), ["A<dynFn(B)->C,D>", "E"]);
        assert_eq!(runs(quote!(A<B = C<D>>, E)), ["A<B=C<D>>", "E"]);
    }

    #[test]
    fn nothing_is_no_run() {
        assert!(runs(quote!()).is_empty());
        assert_eq!(runs(quote!(A,,B)), ["A", "", "B"]);
    }

    #[test]
    fn paths_have_a_last_word() {
        for (ty, expected) in [
            ("io::Result<Vec<u8>>", Some("Result")),
            ("::std::result::Result<u8, E>", Some("Result")),
            ("<T as Trait<A>>::Outcome", Some("Outcome")),
            ("impl Trait", None),
            ("dyn Trait", None),
            ("fn() -> Result<u8, E>", None),
            ("&Result<u8, E>", None),
            ("(Result<u8, E>, u8)", None),
            ("[Result<u8, E>]", None),
        ] {
            assert_eq!(
                last_word(&ty.parse().expect(ty)).map(|word| word.to_string()).as_deref(),
                expected,
                "{ty}"
            );
        }
    }
}
