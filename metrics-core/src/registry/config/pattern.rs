//! Families by name or by the beginning of their names.

use std::{cmp::Reverse, fmt};

/// The name of a family, or the beginning of names, written with a `*` at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    text: String,
    is_prefix: bool,
    /// How many sources of settings go before the one that this is from.
    behind: u8,
}

impl Pattern {
    /// Reads a pattern; `None` if no family can have such a name.
    pub(super) fn parse(pattern: &str) -> Option<Self> {
        let (text, is_prefix) = match pattern.strip_suffix('*') {
            Some(text) => (text, true),
            None => (pattern, false),
        };
        let valid = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':'))
            && !text.starts_with(|first: char| first.is_ascii_digit())
            && (is_prefix || !text.is_empty());
        valid.then(|| Self { text: text.to_owned(), is_prefix, behind: 0 })
    }

    /// The same pattern of a source that another one goes before.
    pub(super) fn behind_another(&self) -> Self {
        Self { behind: self.behind.saturating_add(1), ..self.clone() }
    }

    fn matches(&self, name: &str) -> bool {
        if self.is_prefix { name.starts_with(&self.text) } else { name == self.text }
    }

    /// Whether this is the whole of a name.
    pub(super) fn is(&self, name: &str) -> bool {
        !self.is_prefix && self.matches(name)
    }

    /// One source before the others; then whole names before beginnings, long beginnings before short ones.
    fn rank(&self) -> (Reverse<u8>, bool, usize) {
        (Reverse(self.behind), !self.is_prefix, self.text.len())
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.text, if self.is_prefix { "*" } else { "" })
    }
}

/// Returns what was set for a family with one of these names: by the first source that sets something for it, there by the
/// most specific pattern, and of two that are equally specific by the later one.
pub(super) fn closest<'a, T>(set: &'a [(Pattern, T)], names: &[&str]) -> Option<&'a T> {
    let matching = set.iter().filter(|(pattern, _)| names.iter().any(|name| pattern.matches(name)));
    matching.max_by_key(|(pattern, _)| pattern.rank()).map(|(_, value)| value)
}
