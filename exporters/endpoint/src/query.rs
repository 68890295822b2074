//! Which metrics a query asks for.

use std::borrow::Cow;

use tallymark_core::registry::Selection;

/// The parameter, which may be repeated.
const NAME: &str = "name[]";

/// Reads the `name[]` parameters of a query; without any, all metrics are asked for.
///
/// Other parameters are ignored. A malformed escape is read as it is, and bytes that are not UTF-8 become
/// replacement characters, which no name has.
pub(super) fn selection(query: Option<&str>) -> Selection {
    let parameters = query.unwrap_or_default().split('&').filter_map(|parameter| parameter.split_once('='));
    let names: Vec<String> = parameters
        .filter(|(key, _)| decode(key) == NAME)
        .map(|(_, name)| decode(name).into_owned())
        .filter(|name| !name.is_empty())
        .collect();
    if names.is_empty() { Selection::ALL } else { Selection::of(names) }
}

/// Returns the value of a parameter, the first one if there are several.
#[cfg(feature = "live")]
pub(super) fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    let mut parameters = query?.split('&').filter_map(|parameter| parameter.split_once('='));
    parameters.find(|(key, _)| decode(key) == name).map(|(_, value)| decode(value).into_owned())
}

/// Undoes what forms do to text: `+` for a space, `%` and two hexadecimal digits for a byte.
fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains(['+', '%']) {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escaped = match after {
            [high, low, ..] if first == b'%' => digit(*high).zip(digit(*low)),
            _ => None,
        };
        if let Some((high, low)) = escaped {
            bytes.push(high * 16 + low);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(if first == b'+' { b' ' } else { first });
            rest = after;
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests;
