//! Mistakes, collected so that one compilation shows all of them.

use std::{collections::HashMap, fmt::Display};

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::{Error, Result};

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Errors {
    found: Option<Error>,
}

impl Errors {
    /// Adds one.
    pub(crate) fn push(&mut self, error: Error) {
        match &mut self.found {
            Some(found) => found.combine(error),
            None => self.found = Some(error),
        }
    }

    /// Adds one at a place.
    pub(crate) fn at(&mut self, span: Span, message: impl Display) {
        self.push(Error::new(span, message));
    }

    /// Adds one at a run of tokens.
    pub(crate) fn spanned(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.push(Error::new_spanned(tokens, message));
    }

    /// Adds all of another's.
    pub(crate) fn extend(&mut self, other: Self) {
        if let Some(error) = other.found {
            self.push(error);
        }
    }

    /// Keeps the value or the mistake.
    pub(crate) fn keep<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// How many there are so far.
    pub(crate) fn count(&self) -> usize {
        self.found.iter().flatten().count()
    }

    /// Whether nothing was wrong so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_none()
    }

    /// One `compile_error!` for each; nothing if there was no mistake.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.found.map(Error::into_compile_error).unwrap_or_default()
    }
}

/// The texts so far, and what each was found at.
#[derive(Default)]
pub(crate) struct Seen {
    found: HashMap<String, Ident>,
}

impl Seen {
    /// Adds a text, and returns where it was found before.
    pub(crate) fn insert(&mut self, text: &str, at: &Ident) -> Option<Ident> {
        self.found.insert(text.to_owned(), at.clone())
    }
}
