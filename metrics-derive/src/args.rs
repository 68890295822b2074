//! The arguments of an attribute: `name = value`, `name(list)`, `flag` and plain expressions.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::{
    Expr, ExprLit, Ident, Lit, LitStr, Path, Token,
    ext::IdentExt,
    parse::{Parse, ParseStream, Parser, Result},
    punctuated::Punctuated,
    spanned::Spanned,
};

use crate::{errors::Errors, krate};

/// One argument, not yet understood.
enum Arg {
    /// `name = value`
    Named { name: Ident, value: Expr },
    /// Anything else: a flag, `name(list)`, or an expression that is an argument in its own right.
    Bare(Expr),
}

impl Parse for Arg {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.peek(Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
            let name = Ident::parse_any(input)?;
            input.parse::<Token![=]>()?;
            return Ok(Self::Named { name, value: ungrouped(input.parse()?) });
        }
        input.parse().map(ungrouped).map(Self::Bare)
    }
}

impl Arg {
    /// The word by which the argument is known, if it has one.
    fn word(&self) -> Option<&Ident> {
        match self {
            Self::Named { name, .. } => Some(name),
            Self::Bare(Expr::Path(path)) => path.path.get_ident(),
            Self::Bare(Expr::Call(call)) => match &*call.func {
                Expr::Path(path) => path.path.get_ident(),
                _ => None,
            },
            Self::Bare(_) => None,
        }
    }
}

/// What an attribute was given. Each macro takes out what it knows; [`finish`](Args::finish) reports the rest.
pub(crate) struct Args {
    /// The attribute as it is written, for messages: `#[metric]`.
    attribute: &'static str,
    rest: Vec<Arg>,
}

impl Args {
    /// Splits the tokens between the parentheses.
    pub(crate) fn parse(attribute: &'static str, tokens: TokenStream, errors: &mut Errors) -> Self {
        let parsed = Punctuated::<Arg, Token![,]>::parse_terminated.parse2(tokens);
        let rest = errors.keep(parsed).map(Vec::from_iter).unwrap_or_default();
        Self { attribute, rest }
    }

    /// Takes all arguments of that word, reports all but the first, and returns the first.
    fn take(&mut self, word: &str, errors: &mut Errors) -> Option<Arg> {
        let mut first = None;
        for arg in self.rest.extract_if(.., |arg| arg.word().is_some_and(|name| name == word)) {
            if first.is_none() {
                first = Some(arg);
            } else if let Some(name) = arg.word() {
                errors.at(name.span(), format_args!("`{word}` is given twice; once is enough"));
            }
        }
        first
    }

    /// `word`
    pub(crate) fn flag(&mut self, word: &str, errors: &mut Errors) -> Option<Span> {
        match self.take(word, errors)? {
            Arg::Bare(Expr::Path(path)) => Some(path.span()),
            Arg::Named { name, value } => {
                errors.spanned(value, format_args!("`{word}` takes no value: write `{word}` alone"));
                Some(name.span())
            }
            Arg::Bare(other) => {
                errors.spanned(&other, format_args!("`{word}` takes no value: write `{word}` alone"));
                Some(other.span())
            }
        }
    }

    /// `word = expression`
    pub(crate) fn value(&mut self, word: &str, errors: &mut Errors) -> Option<Expr> {
        match self.take(word, errors)? {
            Arg::Named { value, .. } => Some(value),
            Arg::Bare(other) => {
                errors.spanned(other, format_args!("`{word}` needs a value: `{word} = …`"));
                None
            }
        }
    }

    /// `word` or `word = expression`
    pub(crate) fn flag_or_value(&mut self, word: &str, errors: &mut Errors) -> Option<(Span, Option<Expr>)> {
        let arg = self.take(word, errors)?;
        let span = arg.word().map_or_else(Span::call_site, Ident::span);
        match arg {
            Arg::Named { value, .. } => Some((span, Some(value))),
            Arg::Bare(Expr::Path(_)) => Some((span, None)),
            Arg::Bare(other) => {
                errors.spanned(other, format_args!("write `{word}` alone, or `{word} = …`"));
                None
            }
        }
    }

    /// `word = "text"`
    pub(crate) fn string(&mut self, word: &str, errors: &mut Errors) -> Option<LitStr> {
        match self.value(word, errors)? {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text),
            other => {
                errors.spanned(other, format_args!("`{word}` must be a string literal: `{word} = \"…\"`"));
                None
            }
        }
    }

    /// `word = some::path`
    pub(crate) fn path(&mut self, word: &str, errors: &mut Errors) -> Option<Path> {
        match self.value(word, errors)? {
            Expr::Path(path) if path.qself.is_none() => Some(path.path),
            other => {
                errors.spanned(other, format_args!("`{word}` must be a path: `{word} = ::some::path`"));
                None
            }
        }
    }

    /// `word(one, two)`
    pub(crate) fn list(&mut self, word: &str, errors: &mut Errors) -> Vec<Ident> {
        let Some(arg) = self.take(word, errors) else { return Vec::new() };
        let Arg::Bare(Expr::Call(call)) = arg else {
            let span = arg.word().map_or_else(Span::call_site, Ident::span);
            errors.at(span, format_args!("`{word}` is a list: `{word}(…)`"));
            return Vec::new();
        };
        let mut words = Vec::new();
        for item in call.args {
            match &item {
                Expr::Path(path) if path.path.get_ident().is_some() => {
                    words.extend(path.path.get_ident().cloned());
                }
                other => errors.spanned(other, format_args!("`{word}(…)` lists single words")),
            }
        }
        words
    }

    /// `crate = path`, which every macro takes.
    pub(crate) fn krate(&mut self, errors: &mut Errors) -> Path {
        self.krate_or(krate::default(), errors)
    }

    /// The same with another default.
    pub(crate) fn krate_or(&mut self, default: Path, errors: &mut Errors) -> Path {
        self.path("crate", errors).unwrap_or(default)
    }

    /// The first argument that is an expression and not one of the `known` words.
    pub(crate) fn expression(&mut self, known: &[&str]) -> Option<Expr> {
        let at = self.rest.iter().position(|arg| {
            matches!(arg, Arg::Bare(_))
                && !arg.word().is_some_and(|word| known.iter().any(|known| word == known))
        })?;
        match self.rest.remove(at) {
            Arg::Bare(expr) => Some(expr),
            Arg::Named { .. } => None,
        }
    }

    /// Reports what nobody took.
    pub(crate) fn finish(self, known: &[&str], errors: &mut Errors) {
        let attribute = self.attribute;
        let allowed = listed(known);
        for arg in self.rest {
            match (arg.word(), &arg) {
                (Some(word), _) => {
                    errors.at(
                        word.span(),
                        format_args!("{attribute} has no argument `{word}`; it takes {allowed}"),
                    );
                }
                (None, Arg::Named { name, .. }) => {
                    errors.at(name.span(), format_args!("{attribute} takes {allowed}"));
                }
                (None, Arg::Bare(expr)) => errors.spanned(expr, format_args!("{attribute} takes {allowed}")),
            }
        }
    }
}

/// What a `macro_rules` macro has wrapped: its fragments come in invisible groups.
pub(crate) fn ungrouped(expr: Expr) -> Expr {
    match expr {
        Expr::Group(group) => ungrouped(*group.expr),
        other => other,
    }
}

/// Words in backquotes with commas, for messages. What holds a space is a description and not a word to write.
fn listed(words: &[&str]) -> String {
    let quoted = |word: &&str| if word.contains(' ') { (*word).to_owned() } else { format!("`{word}`") };
    match words {
        [] => "nothing".to_owned(),
        [only] => quoted(only),
        [init @ .., last] => {
            let init: Vec<_> = init.iter().map(quoted).collect();
            format!("{} and {}", init.join(", "), quoted(last))
        }
    }
}

/// The text of an expression without spaces around punctuation, for comparison and messages.
pub(crate) fn is_ident(expr: &Expr) -> Option<&Ident> {
    match expr {
        Expr::Path(path) if path.qself.is_none() => path.path.get_ident(),
        _ => None,
    }
}

/// The span of the first token, or of the call.
pub(crate) fn first_span(tokens: &impl ToTokens) -> Span {
    tokens.to_token_stream().into_iter().next().map_or_else(Span::call_site, |token| token.span())
}
