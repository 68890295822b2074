//! The head of a function as written: its name and its parts, each as tokens.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};
use syn::{
    Ident, Lit, Token,
    parse::{Parse, ParseStream, Result},
    token::Brace,
};

use super::argument::Argument;
use crate::tokens::{Angles, is_word, split, until};

/// Everything between a function's visibility and its body.
#[derive(Clone)]
pub(crate) struct Signature {
    /// `const`, `async`, `unsafe`, `extern "C"` and the like.
    pub(crate) qualifiers: Vec<TokenTree>,
    pub(crate) fn_token: Token![fn],
    pub(crate) ident: Ident,
    /// With its angle brackets.
    pub(crate) generics: TokenStream,
    /// With its parentheses.
    pub(crate) arguments: Group,
    pub(crate) output: Option<Output>,
    pub(crate) where_clause: TokenStream,
}

/// `-> Type`
#[derive(Clone)]
pub(crate) struct Output {
    pub(crate) arrow: Token![->],
    pub(crate) ty: TokenStream,
}

impl Parse for Signature {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let qualifiers = qualifiers(input)?;
        let fn_token = input.parse()?;
        let ident = input.parse()?;
        let generics = generics(input)?;
        let arguments = match input.parse()? {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => group,
            other => return Err(syn::Error::new(other.span(), "expected arguments in parentheses")),
        };
        let output = match input.parse()? {
            Some(arrow) => Some(Output { arrow, ty: ty(input)? }),
            None => None,
        };
        let where_clause = until(input, &ends)?;
        Ok(Self { qualifiers, fn_token, ident, generics, arguments, output, where_clause })
    }
}

/// Whether a function begins here, behind attributes and visibility.
pub(crate) fn is_function(input: ParseStream<'_>) -> bool {
    let fork = input.fork();
    qualifiers(&fork).is_ok() && fork.peek(Token![fn])
}

/// Takes the words before `fn`. In which order they may stand is for the compiler to say.
fn qualifiers(input: ParseStream<'_>) -> Result<Vec<TokenTree>> {
    // `default` and `safe` are words only here.
    const WORDS: [&str; 6] = ["async", "const", "default", "extern", "safe", "unsafe"];
    let mut qualifiers = Vec::new();
    while !input.peek(Token![fn]) {
        let token: TokenTree = input.parse()?;
        if !WORDS.iter().any(|word| is_word(Some(&token), word)) {
            return Err(syn::Error::new(token.span(), "expected a function"));
        }
        let is_extern = is_word(Some(&token), "extern");
        qualifiers.push(token);
        if is_extern && input.peek(Lit) {
            qualifiers.push(input.parse()?);
        }
    }
    Ok(qualifiers)
}

/// Takes a list of generic parameters, if one begins here.
pub(crate) fn generics(input: ParseStream<'_>) -> Result<TokenStream> {
    let mut tokens = TokenStream::new();
    if !input.peek(Token![<]) {
        return Ok(tokens);
    }
    let mut angles = Angles::default();
    loop {
        let token: TokenTree = input.parse()?;
        angles.step(&token);
        tokens.extend([token]);
        if angles.are_closed() {
            return Ok(tokens);
        }
    }
}

/// Takes a return type. The braces of a macro that stands for one are part of it.
fn ty(input: ParseStream<'_>) -> Result<TokenStream> {
    let mut tokens = until(input, &|input| {
        ends(input) || input.peek(Token![where]) || (input.peek(Ident) && input.peek2(Token![!]))
    })?;
    if input.peek(Ident) && input.peek2(Token![!]) {
        tokens.extend([input.parse::<TokenTree>()?, input.parse()?, input.parse()?]);
        tokens.extend(until(input, &|input| ends(input) || input.peek(Token![where]))?);
    }
    Ok(tokens)
}

/// Whether a body begins here, or the semicolon in its place.
fn ends(input: ParseStream<'_>) -> bool {
    input.peek(Brace) || input.peek(Token![;])
}

impl ToTokens for Signature {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.qualifiers);
        self.fn_token.to_tokens(tokens);
        self.ident.to_tokens(tokens);
        self.generics.to_tokens(tokens);
        self.arguments.to_tokens(tokens);
        if let Some(Output { arrow, ty }) = &self.output {
            arrow.to_tokens(tokens);
            ty.to_tokens(tokens);
        }
        self.where_clause.to_tokens(tokens);
    }
}

impl Signature {
    /// The qualifier, if it is there.
    pub(crate) fn qualifier(&self, word: &str) -> Option<&TokenTree> {
        self.qualifiers.iter().find(|token| is_word(Some(token), word))
    }

    /// Whether it is an `async fn`.
    pub(crate) fn is_async(&self) -> bool {
        self.qualifier("async").is_some()
    }

    /// The generic parameters, without the angle brackets.
    pub(crate) fn parameters(&self) -> Vec<TokenStream> {
        let tokens: Vec<TokenTree> = self.generics.clone().into_iter().collect();
        let [_, inner @ .., _] = tokens.as_slice() else { return Vec::new() };
        split(inner, ',').into_iter().map(|tokens| tokens.iter().cloned().collect()).collect()
    }

    /// The arguments, the receiver among them.
    pub(crate) fn arguments(&self) -> Vec<Argument> {
        let tokens: Vec<TokenTree> = self.arguments.stream().into_iter().collect();
        split(&tokens, ',')
            .into_iter()
            .map(|tokens| Argument::new(tokens.iter().cloned().collect()))
            .collect()
    }
}
