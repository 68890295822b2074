//! The little of `str` that is missing in constant evaluation.

/// Whether both hold the same bytes.
pub(super) const fn equal(a: &[u8], b: &[u8]) -> bool {
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

/// Whether `text` begins with `start`.
pub(super) const fn starts_with(text: &[u8], start: &[u8]) -> bool {
    text.len() >= start.len() && equal(text.split_at(start.len()).0, start)
}

/// `text` without `end`, if that is how it ends.
pub(super) const fn strip_end<'a>(text: &'a [u8], end: &[u8]) -> Option<&'a [u8]> {
    if text.len() < end.len() {
        return None;
    }
    let (head, tail) = text.split_at(text.len() - end.len());
    if equal(tail, end) { Some(head) } else { None }
}

/// The first part of `text` between underscores, and what follows its underscore.
pub(super) const fn first_word(text: &[u8]) -> (&[u8], Option<&[u8]>) {
    let mut at = 0;
    while at < text.len() {
        if text[at] == b'_' {
            let (word, rest) = text.split_at(at);
            return (word, Some(rest.split_at(1).1));
        }
        at += 1;
    }
    (text, None)
}

/// The part of `text` behind its last underscore.
pub(super) const fn last_word(text: &[u8]) -> &[u8] {
    let mut at = text.len();
    while at > 0 && text[at - 1] != b'_' {
        at -= 1;
    }
    text.split_at(at).1
}
