//! Which format answers an `Accept` header.
//!
//! Source: RFC 9110, sections 5.6.6 (parameters), 12.4.2 (quality values) and 12.5.1 (`Accept`).

use std::cmp::Reverse;

use tallymark_core::registry::Format;

/// Chooses the exposition format for the values of all `Accept` headers of a request.
///
/// The range with the highest quality value wins; among equals the more specific one, then the one named first,
/// then the text format. The most specific range that fits a format decides about it, so `text/plain;q=0, */*`
/// excludes the text format.
///
/// OpenMetrics is always written as version 1.0.0, also for a scraper that asks for 0.0.1. A version that is not
/// implemented counts only when nothing else in the header fits, and is then answered with the implemented version of
/// the same format. Ranges that cannot be parsed are skipped. A request that accepts nothing on offer, or says
/// nothing, gets text format 0.0.4: RFC 9110 leaves that open, and every scraper reads it.
///
/// ```
/// use tallymark::{exporter::negotiate, registry::Format};
///
/// let prometheus = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1";
/// assert_eq!(negotiate([prometheus]), Format::OpenMetrics100);
/// assert_eq!(negotiate(["*/*"]), Format::Text004);
/// assert_eq!(negotiate([]), Format::Text004);
/// ```
pub fn negotiate<'a>(accept: impl IntoIterator<Item = &'a str>) -> Format {
    let ranges: Vec<Range<'_>> =
        accept.into_iter().flat_map(|line| split(line, ',')).filter_map(Range::parse).collect();
    best(&ranges, Versions::Implemented).or_else(|| best(&ranges, Versions::Any)).unwrap_or(Format::Text004)
}

/// What can be answered, the preferred one first.
const OFFERS: [Offer; 2] = [
    Offer { format: Format::Text004, kind: "text", subtype: "plain", versions: &["0.0.4"] },
    Offer {
        format: Format::OpenMetrics100,
        kind: "application",
        subtype: "openmetrics-text",
        versions: &["1.0.0", "0.0.1"],
    },
];

struct Offer {
    format: Format,
    kind: &'static str,
    subtype: &'static str,
    /// The versions that a scraper may ask for and be content with what it gets.
    versions: &'static [&'static str],
}

#[derive(Clone, Copy, PartialEq)]
enum Versions {
    Implemented,
    Any,
}

fn best(ranges: &[Range<'_>], versions: Versions) -> Option<Format> {
    OFFERS
        .iter()
        .enumerate()
        .filter_map(|(preference, offer)| {
            // The most specific range speaks for the offer; of equally specific ones, the most favourable.
            let (specificity, weight, position) = ranges
                .iter()
                .enumerate()
                .filter_map(|(position, range)| {
                    Some((range.specificity(offer, versions)?, range.weight, Reverse(position)))
                })
                .max()?;
            (weight > 0).then_some((weight, specificity, position, Reverse(preference), offer.format))
        })
        .max_by_key(|&(weight, specificity, position, preference, _)| {
            (weight, specificity, position, preference)
        })
        .map(|(.., format)| format)
}

/// One media range with its weight in thousandths.
struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    version: Option<&'a str>,
    charset: Option<&'a str>,
    weight: u16,
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = split(text, ';');
        let media = parts.next()?.trim();
        let (kind, subtype) = match media.split_once('/') {
            Some((kind, subtype)) => (kind.trim(), subtype.trim()),
            // Not in the grammar, but the default of Java's `HttpURLConnection`.
            None if media == "*" => ("*", "*"),
            None => return None,
        };
        if !is_token(kind) || !is_token(subtype) || (kind == "*" && subtype != "*") {
            return None;
        }
        let mut range = Self { kind, subtype, version: None, charset: None, weight: 1000 };
        for parameter in parts {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let (name, value) = (name.trim(), unquote(value.trim()));
            if name.eq_ignore_ascii_case("q") {
                range.weight = weight(value)?;
            } else if name.eq_ignore_ascii_case("version") {
                range.version = Some(value);
            } else if name.eq_ignore_ascii_case("charset") {
                range.charset = Some(value);
            }
        }
        Some(range)
    }

    /// How closely the range fits, if it does: 0 for `*/*`, 1 for `text/*`, 2 for the type, 3 with its version.
    fn specificity(&self, offer: &Offer, versions: Versions) -> Option<u8> {
        if self.kind == "*" {
            return Some(0);
        }
        if !self.kind.eq_ignore_ascii_case(offer.kind) {
            return None;
        }
        if self.subtype == "*" {
            return Some(1);
        }
        let type_fits = self.subtype.eq_ignore_ascii_case(offer.subtype)
            && self.charset.is_none_or(|charset| charset.eq_ignore_ascii_case("utf-8"));
        match self.version {
            _ if !type_fits => None,
            None => Some(2),
            Some(version) if offer.versions.contains(&version) => Some(3),
            Some(_) => (versions == Versions::Any).then_some(2),
        }
    }
}

/// A quality value in thousandths. `.5` and digits after the third, which the grammar does not have, are understood.
fn weight(text: &str) -> Option<u16> {
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

fn is_token(text: &str) -> bool {
    let is_token_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_token_byte)
}

/// Takes the quotes off a quoted string. Escapes in it stay: no value that is looked at has one.
fn unquote(text: &str) -> &str {
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text)
}

/// Splits at a separator that is not within a quoted string.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
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

#[cfg(test)]
mod tests;
