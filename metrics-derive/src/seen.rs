//! Texts that have to differ from one another.

use std::collections::HashMap;

use proc_macro2::Ident;

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
