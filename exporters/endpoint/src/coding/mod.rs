//! Compressed answers.

mod compressed;

use std::cmp::Reverse;

pub(super) use self::compressed::Compressor;
use super::negotiate::list;

/// How the bytes of an answer are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Identity,
    #[cfg(feature = "gzip")]
    Gzip,
    #[cfg(feature = "zstd")]
    Zstd,
}

impl Coding {
    /// What there is, the preferred one first.
    pub(super) const ALL: &[Self] = &[
        #[cfg(feature = "zstd")]
        Self::Zstd,
        #[cfg(feature = "gzip")]
        Self::Gzip,
        Self::Identity,
    ];

    /// What there is if nothing may be compressed.
    pub(super) const PLAIN: &[Self] = &[Self::Identity];

    /// Chooses one of those on offer for the values of all `Accept-Encoding` headers, if one of them is acceptable.
    ///
    /// The highest weight wins, then the order of the offers. What is not compressed needs no mention, and has less
    /// weight than anything that is mentioned. `*` makes other codings acceptable too, but such an answer is compressed
    /// only if it may not be plain: who says `*` may not have thought of all codings.
    ///
    /// Source: RFC 9110, sections 8.4.1 and 12.5.3.
    pub(super) fn choose<'a>(accept: impl IntoIterator<Item = &'a str>, offers: &[Self]) -> Option<Self> {
        let mentions: Vec<(&str, u16)> = accept
            .into_iter()
            .flat_map(|line| list::split(line, ','))
            .filter_map(mention)
            .collect();
        let weigh = |own: &[&str]| {
            let fits = |name: &str| own.iter().any(|own| name.eq_ignore_ascii_case(own));
            let weights = || mentions.iter().filter(|(name, _)| fits(name)).map(|(_, weight)| *weight);
            // Whoever excludes a coding means it, whatever else is said of it.
            if weights().any(|weight| weight == 0) { Some(0) } else { weights().max() }
        };
        let any = weigh(&["*"]);
        let rated = offers.iter().enumerate().filter_map(|(at, offer)| {
            // What is excluded is no candidate; what is not mentioned comes after all that is.
            let (mentioned, weight) = match (offer, weigh(offer.names()), any) {
                (_, Some(weight), _) => (2, weight),
                (Self::Identity, None, Some(weight)) => (1, weight),
                (Self::Identity, None, None) => (1, 1),
                #[cfg(any(feature = "gzip", feature = "zstd"))]
                (_, None, Some(weight)) => (0, weight),
                #[cfg(any(feature = "gzip", feature = "zstd"))]
                (_, None, None) => return None,
            };
            (weight > 0).then_some(((mentioned, weight, Reverse(at)), *offer))
        });
        rated.max_by_key(|(rating, _)| *rating).map(|(_, offer)| offer)
    }

    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Identity => &["identity"],
            #[cfg(feature = "gzip")]
            Self::Gzip => &["gzip", "x-gzip"],
            #[cfg(feature = "zstd")]
            Self::Zstd => &["zstd"],
        }
    }

    /// The value of `Content-Encoding`, if there is to be one.
    pub(super) fn header(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            #[cfg(feature = "gzip")]
            Self::Gzip => Some("gzip"),
            #[cfg(feature = "zstd")]
            Self::Zstd => Some("zstd"),
        }
    }
}

/// Reads one item of `Accept-Encoding`: a coding, and a weight if there is one. Codings have no other parameters, and a
/// weight no spaces around its `=`. An item that is anything else says nothing, so it neither asks for a coding nor
/// excludes one.
///
/// Source: RFC 9110, sections 12.4.2 (weights) and 12.5.3 (`Accept-Encoding`).
fn mention(item: &str) -> Option<(&str, u16)> {
    let (name, weight) = match item.split_once(';') {
        None => (item, 1000),
        Some((name, parameter)) => {
            let parameter = list::trim(parameter);
            let value = parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q="))?;
            (name, list::weight(value)?)
        }
    };
    let name = list::trim(name);
    list::is_token(name).then_some((name, weight))
}

#[cfg(test)]
mod tests;
