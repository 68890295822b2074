//! Families by name or by the beginning of their names.

use std::fmt;

/// The name of a family, or the beginning of names, written with a `*` at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    text: String,
    is_prefix: bool,
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
        valid.then(|| Self { text: text.to_owned(), is_prefix })
    }

    fn matches(&self, name: &str) -> bool {
        if self.is_prefix { name.starts_with(&self.text) } else { name == self.text }
    }

    /// Whether this is the whole of a name.
    pub(super) fn is(&self, name: &str) -> bool {
        !self.is_prefix && self.matches(name)
    }

    /// Whole names before beginnings, long beginnings before short ones.
    fn rank(&self) -> (bool, usize) {
        (!self.is_prefix, self.text.len())
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.text, if self.is_prefix { "*" } else { "" })
    }
}

/// Returns what was set for a family with one of these names, by the pattern that says most; of two that
/// say the same, by the later one.
pub(super) fn closest<'a, T>(set: &'a [(Pattern, T)], names: &[&str]) -> Option<&'a T> {
    let matching = set.iter().filter(|(pattern, _)| names.iter().any(|name| pattern.matches(name)));
    matching.max_by_key(|(pattern, _)| pattern.rank()).map(|(_, value)| value)
}
