//! The arguments of an attribute: `name = value`, `name(list)`, `flag` and plain expressions.

use std::time::Duration;

use proc_macro2::{Group, Span, TokenStream};
use syn::{
    Ident, LitStr, Path, Token,
    ext::IdentExt,
    parse::{Parse, ParseStream, Parser, Result},
    punctuated::Punctuated,
};

use tallymark_rules::parse_duration;

use crate::{errors::Errors, expression::Expression, krate, text::Text};

/// One argument, not yet understood.
enum Arg {
    /// `name = value`
    Named { name: Ident, value: Expression },
    /// Anything else: a flag, `name(list)`, or an expression that is an argument in its own right.
    Bare(Expression),
}

impl Parse for Arg {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.peek(Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
            let name = Ident::parse_any(input)?;
            input.parse::<Token![=]>()?;
            return Ok(Self::Named { name, value: input.parse()? });
        }
        input.parse().map(Self::Bare)
    }
}

impl Arg {
    /// The word by which the argument is known, if it has one.
    fn word(&self) -> Option<Ident> {
        match self {
            Self::Named { name, .. } => Some(name.clone()),
            Self::Bare(expression) => {
                expression.as_word().or_else(|| expression.as_call().map(|(word, _)| word))
            }
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
        let is_it = |arg: &Arg| arg.word().is_some_and(|name| name == word);
        let (found, rest): (Vec<Arg>, Vec<Arg>) = std::mem::take(&mut self.rest).into_iter().partition(is_it);
        self.rest = rest;
        for arg in found {
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
        let arg = self.take(word, errors)?;
        let (Arg::Bare(given) | Arg::Named { value: given, .. }) = &arg;
        let is_alone = matches!(arg, Arg::Bare(_)) && given.as_word().is_some();
        if !is_alone {
            errors.spanned(given, format_args!("`{word}` takes no value: write `{word}` alone"));
        }
        arg.word().map(|word| word.span())
    }

    /// `word = expression`
    pub(crate) fn value(&mut self, word: &str, errors: &mut Errors) -> Option<Expression> {
        match self.take(word, errors)? {
            Arg::Named { value, .. } => Some(value),
            Arg::Bare(other) => {
                errors.spanned(other, format_args!("`{word}` needs a value: `{word} = …`"));
                None
            }
        }
    }

    /// `word` or `word = expression`
    pub(crate) fn flag_or_value(
        &mut self,
        word: &str,
        errors: &mut Errors,
    ) -> Option<(Span, Option<Expression>)> {
        match self.take(word, errors)? {
            Arg::Named { name, value } => Some((name.span(), Some(value))),
            Arg::Bare(other) => {
                let alone = other.as_word();
                if alone.is_none() {
                    errors.spanned(other, format_args!("write `{word}` alone, or `{word} = …`"));
                }
                Some((alone?.span(), None))
            }
        }
    }

    /// `word = "text"`
    pub(crate) fn string(&mut self, word: &str, errors: &mut Errors) -> Option<LitStr> {
        let value = self.value(word, errors)?;
        let text = value.as_string();
        if text.is_none() {
            errors.spanned(value, format_args!("`{word}` must be a string literal: `{word} = \"…\"`"));
        }
        text
    }

    /// `word = "60s"`
    pub(crate) fn duration(&mut self, word: &str, errors: &mut Errors) -> Option<Duration> {
        let text = self.string(word, errors)?;
        let duration = parse_duration(&text.value()).filter(|duration| !duration.is_zero());
        if duration.is_none() {
            errors.at(
                text.span(),
                format_args!(
                    "`{word}` is a time longer than nothing, such as `\"60s\"`, `\"5m\"` or `\"500ms\"`"
                ),
            );
        }
        duration
    }

    /// `word = "text"`, or another constant that is a text.
    pub(crate) fn text(&mut self, word: &str, errors: &mut Errors) -> Option<Text> {
        let value = self.value(word, errors)?;
        if let Some(text) = value.as_string() {
            return Some(Text::Literal(text));
        }
        if value.is_literal() {
            errors.spanned(
                value,
                format_args!("`{word}` must be a text: `{word} = \"…\"`, or a constant of type `&str`"),
            );
            return None;
        }
        Some(Text::Constant(value))
    }

    /// `word = some::path`
    pub(crate) fn path(&mut self, word: &str, errors: &mut Errors) -> Option<Path> {
        let value = self.value(word, errors)?;
        let path = value.as_path();
        if path.is_none() {
            errors.spanned(value, format_args!("`{word}` must be a path: `{word} = ::some::path`"));
        }
        path
    }

    /// `word(one, two)`
    pub(crate) fn list(&mut self, word: &str, errors: &mut Errors) -> Vec<Ident> {
        let Some(arg) = self.take(word, errors) else { return Vec::new() };
        let call = if let Arg::Bare(bare) = &arg { bare.as_call() } else { None };
        let Some((_, list)) = call else {
            let span = arg.word().map_or_else(Span::call_site, |word| word.span());
            errors.at(span, format_args!("`{word}` is a list: `{word}(…)`"));
            return Vec::new();
        };
        let items = Punctuated::<Expression, Token![,]>::parse_terminated.parse2(list.stream());
        let mut words = Vec::new();
        for item in errors.keep(items).into_iter().flatten() {
            match item.as_word() {
                Some(word) => words.push(word),
                None => errors.spanned(item, format_args!("`{word}(…)` lists single words")),
            }
        }
        words
    }

    /// Whether there is an argument of that word.
    pub(crate) fn has(&self, word: &str) -> bool {
        self.rest.iter().any(|arg| arg.word().is_some_and(|name| name == word))
    }

    /// All `word(…)`.
    pub(crate) fn calls(&mut self, word: &str, errors: &mut Errors) -> Vec<(Ident, Group)> {
        let is_it = |arg: &Arg| arg.word().is_some_and(|name| name == word);
        let (found, rest): (Vec<Arg>, Vec<Arg>) = std::mem::take(&mut self.rest).into_iter().partition(is_it);
        self.rest = rest;
        let mut calls = Vec::new();
        for arg in found {
            match &arg {
                Arg::Bare(bare) if bare.as_call().is_some() => calls.extend(bare.as_call()),
                _ => {
                    let span = arg.word().map_or_else(Span::call_site, |word| word.span());
                    errors.at(span, format_args!("`{word}` is a list: `{word}(…)`"));
                }
            }
        }
        calls
    }

    /// `crate = path`, which every macro takes.
    pub(crate) fn krate(&mut self, errors: &mut Errors) -> Path {
        self.krate_or(krate::default(), errors)
    }

    /// The same with another default.
    pub(crate) fn krate_or(&mut self, default: Path, errors: &mut Errors) -> Path {
        self.path("crate", errors).unwrap_or(default)
    }

    /// The first argument without a name.
    pub(crate) fn expression(&mut self) -> Option<Expression> {
        let at = self.rest.iter().position(|arg| matches!(arg, Arg::Bare(_)))?;
        match self.rest.remove(at) {
            Arg::Bare(expression) => Some(expression),
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
                (None, Arg::Bare(given)) => {
                    errors.spanned(given, format_args!("{attribute} takes {allowed}"));
                }
            }
        }
    }
}

/// Words in backquotes with commas, for messages. What holds a space is a description and not a word to write.
pub(crate) fn listed(words: &[&str]) -> String {
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
