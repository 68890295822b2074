//! The grammar that headers with weights share.
//!
//! Source: RFC 9110, sections 5.6.1 (lists), 5.6.2 (tokens), 5.6.4 (quoted strings) and 12.4.2 (quality values).

/// A quality value in thousandths. `.5` and digits after the third, which the grammar does not have, are understood.
pub(in crate) fn weight(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let thousandths = fraction
        .bytes()
        .chain(std::iter::repeat(b'0'))
        .take(3)
        .fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    match whole {
        "" | "0" => Some(thousandths),
        "1" if fraction.bytes().all(|digit| digit == b'0') => Some(1000),
        _ => None,
    }
}

pub(in crate) fn is_token(text: &str) -> bool {
    let is_token_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_token_byte)
}

/// Takes the quotes off a quoted string. Escapes in it stay: no value that is looked at has one.
pub(in crate) fn unquote(text: &str) -> &str {
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text)
}

/// Splits at a separator that is not within a quoted string.
pub(in crate) fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (mut quoted, mut escaped) = (false, false);
        let end = text.char_indices().find_map(|(index, letter)| {
            if escaped {
                escaped = false;
            } else if quoted && letter == '\\' {
                escaped = true;
            } else if letter == '"' {
                quoted = !quoted;
            } else if letter == separator && !quoted {
                return Some(index);
            }
            None
        });
        let Some(end) = end else {
            rest = None;
            return Some(text);
        };
        rest = Some(&text[end + separator.len_utf8()..]);
        Some(&text[..end])
    })
}
