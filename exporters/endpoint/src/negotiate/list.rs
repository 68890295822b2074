//! The grammar that headers with weights share.
//!
//! Source: RFC 9110, sections 5.6.1 (lists), 5.6.2 (tokens), 5.6.4 (quoted strings) and 12.4.2 (quality values).

use std::iter;

/// Reads a quality value, in thousandths.
pub(in crate) fn weight(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = fraction.len() <= 3 && fraction.bytes().all(|digit| digit.is_ascii_digit());
    let thousandths = || {
        let digits = fraction.bytes().chain(iter::repeat(b'0')).take(3);
        digits.fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'))
    };
    match whole {
        "0" if is_number => Some(thousandths()),
        "1" if is_number && thousandths() == 0 => Some(1000),
        _ => None,
    }
}

/// Reads a quality value, also one that the grammar does not have: without a digit before the point, as Java's
/// `HttpURLConnection` sends it by default (`*; q=.2`), or with further digits, which are cut off.
pub(in crate) fn lenient_weight(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() && fraction.is_empty() || !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    // What is cut off would make a weight larger than 1 of `1.0001`.
    if whole == "1" && fraction.bytes().any(|digit| digit != b'0') {
        return None;
    }
    weight(&format!("{whole}.{}", fraction.get(..3).unwrap_or(fraction)))
}

/// Takes off what may surround a separator (`OWS`).
pub(in crate) fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
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
    iter::from_fn(move || {
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
