//! Compressed answers.

mod compressed;

use std::cmp::Reverse;

pub(super) use self::compressed::compress;
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
            .filter_map(|item| {
                let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
                Some((name.trim(), weight(parameters)?)).filter(|(name, _)| list::is_token(name))
            })
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

/// The weight among parameters; nothing, if it is none. Then the coding is skipped like anything that cannot be read.
fn weight(parameters: &str) -> Option<u16> {
    let mut weights = parameters.split(';').filter_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    weights.next().map_or(Some(1000), list::weight)
}

#[cfg(test)]
mod tests;
