//! Names of tables, columns and savepoints.

use std::hash::{DefaultHasher, Hasher};

/// A name as it is written in a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name<'a> {
    /// Without the outer quotes.
    text: &'a str,
    /// The closing quote, which is doubled where it is part of the name.
    quote: Option<u8>,
}

impl<'a> Name<'a> {
    pub(super) fn plain(text: &'a str) -> Self {
        Self { text, quote: None }
    }

    pub(super) fn quoted(text: &'a str) -> Self {
        let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
        Self { text: inner, quote: text.as_bytes().last().copied() }
    }

    pub(super) fn is_quoted(self) -> bool {
        self.quote.is_some()
    }

    /// The bytes of the name.
    fn exact_bytes(self) -> impl Iterator<Item = u8> + 'a {
        let mut skip = false;
        let quote = self.quote;
        self.text.bytes().filter(move |&byte| {
            skip = !skip && Some(byte) == quote;
            !skip || Some(byte) != quote
        })
    }

    /// The bytes of the name, in lower case as far as they are ASCII.
    ///
    /// Databases differ in when case matters, and a program has no two tables whose names differ in case alone.
    pub(crate) fn bytes(self) -> impl Iterator<Item = u8> + 'a {
        self.exact_bytes().map(|byte| byte.to_ascii_lowercase())
    }

    /// Whether it is this name.
    pub(crate) fn is(self, name: &str) -> bool {
        self.bytes().eq(name.bytes().map(|byte| byte.to_ascii_lowercase()))
    }

    /// Whether it names the same thing.
    pub(super) fn is_same(self, other: Name<'_>) -> bool {
        self.bytes().eq(other.bytes())
    }

    /// Returns a number that is the same for names that differ in the case of letters alone.
    pub(crate) fn hash(self) -> u64 {
        hash(self.bytes())
    }

    /// Returns a number that is the same for names that are the same, case included.
    pub(super) fn exact_hash(self) -> u64 {
        hash(self.exact_bytes())
    }
}

/// Returns the [hash](Name::hash) of a name that is not part of a text.
pub(crate) fn name_hash(name: &str) -> u64 {
    hash(name.bytes().map(|byte| byte.to_ascii_lowercase()))
}

fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    let mut hasher = DefaultHasher::new();
    // By words, which the hasher takes at once where bytes go through its buffer.
    let (mut word, mut length) = (0_u64, 0_u64);
    for byte in bytes {
        word = word << 8 | u64::from(byte);
        length += 1;
        if length % 8 == 0 {
            hasher.write_u64(word);
            word = 0;
        }
    }
    hasher.write_u64(word);
    hasher.write_u64(length);
    hasher.finish()
}
