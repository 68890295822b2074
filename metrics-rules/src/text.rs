//! The parts of `str` that constant evaluation lacks in Rust 1.85.

/// Returns whether the text is lower snake case: words of lower-case letters and digits with one underscore between
/// them, a letter first.
pub const fn is_snake_case(text: &str) -> bool {
    let bytes = text.as_bytes();
    if !is_word(bytes, false, false) || bytes[0] == b'_' || bytes[bytes.len() - 1] == b'_' {
        return false;
    }
    let mut at = 1;
    while at < bytes.len() {
        if bytes[at] == b'_' && bytes[at - 1] == b'_' {
            return false;
        }
        at += 1;
    }
    true
}

/// Returns whether the text is one of `[a-zA-Z_][a-zA-Z0-9_]*`, without capitals or with colons if so said.
pub(crate) const fn is_word(bytes: &[u8], capitals: bool, colons: bool) -> bool {
    let mut at = 0;
    while at < bytes.len() {
        let fits = match bytes[at] {
            b'a'..=b'z' | b'_' => true,
            b'A'..=b'Z' => capitals,
            b'0'..=b'9' => at > 0,
            b':' => colons,
            _ => false,
        };
        if !fits {
            return false;
        }
        at += 1;
    }
    !bytes.is_empty()
}

/// Returns whether both hold the same bytes.
pub(crate) const fn equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Returns whether `text` begins with `start`.
pub(crate) const fn starts_with(text: &[u8], start: &[u8]) -> bool {
    text.len() >= start.len() && equal(text.split_at(start.len()).0, start)
}

/// Returns `text` without `end`, if it ends in that.
pub(crate) const fn strip_end<'a>(text: &'a str, end: &str) -> Option<&'a str> {
    if text.len() < end.len() {
        return None;
    }
    let (_, tail) = text.as_bytes().split_at(text.len() - end.len());
    if equal(tail, end.as_bytes()) { Some(split(text, text.len() - end.len()).0) } else { None }
}

/// Splits a text in two at a place between two characters.
pub(crate) const fn split(text: &str, at: usize) -> (&str, &str) {
    let (head, tail) = text.as_bytes().split_at(at);
    match (core::str::from_utf8(head), core::str::from_utf8(tail)) {
        (Ok(head), Ok(tail)) => (head, tail),
        _ => panic!("within a character"),
    }
}

/// Returns the part before the last underscore and the part behind it. Without an underscore, the first is `None`.
pub(crate) const fn last_word(text: &str) -> (Option<&str>, &str) {
    let mut at = text.len();
    while at > 0 {
        if text.as_bytes()[at - 1] == b'_' {
            return (Some(split(text, at - 1).0), split(text, at).1);
        }
        at -= 1;
    }
    (None, text)
}

/// Returns whether one of the parts between underscores is that word.
pub(crate) const fn has_word(text: &str, word: &str) -> bool {
    let mut rest = text;
    loop {
        let (before, last) = last_word(rest);
        if equal(last.as_bytes(), word.as_bytes()) {
            return true;
        }
        match before {
            Some(before) => rest = before,
            None => return false,
        }
    }
}
