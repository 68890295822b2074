//! Which format an `Accept` header asks for.
//!
//! Source: RFC 9110, sections 5.6.6 (parameters), 12.4.2 (quality values) and 12.5.1 (`Accept`).

pub(super) mod list;

use std::cmp::Reverse;

use tallymark_core::{
    encode::Escaping,
    registry::{Format, Request},
};

use self::list::{is_token, lenient_weight, split, unquote};

/// Chooses the exposition format for the values of all `Accept` headers of a request.
///
/// The range with the highest quality value wins; among equals the more specific one, then the one named first,
/// then the text format. The most specific range that fits a format decides about it, so `text/plain;q=0, */*`
/// excludes the text formats. Text format 1.0.0 is chosen only by its type: Prometheus 2.49.0 weighs `*/*` above all that it
/// names, and does not know that format. The range that wins also says how names are escaped (`escaping=`), and protobuf is chosen
/// only as the scrapers ask for it: messages of type `io.prometheus.client.MetricFamily`, delimited.
///
/// OpenMetrics is written as version 1.0.0, also for a scraper that asks for 0.0.1, and as 2.0.0 only for one that asks for just
/// that version; there, names stay as they are unless another escaping is asked for. A version that is not
/// implemented counts only when nothing else in the header fits, and then gets an implemented version of
/// the same format. Ranges that cannot be parsed are skipped. A request that accepts nothing on offer, or says
/// nothing, gets text format 0.0.4: RFC 9110 leaves that open, and every scraper reads it.
///
/// ```
/// use tallymark::{exporter::negotiate, registry::Format};
///
/// let prometheus = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1";
/// assert_eq!(negotiate([prometheus]).format(), Format::OpenMetrics100);
/// assert_eq!(negotiate(["*/*"]).format(), Format::Text004);
/// assert_eq!(negotiate([]).format(), Format::Text004);
/// ```
pub fn negotiate<'a>(accept: impl IntoIterator<Item = &'a str>) -> Request {
    let ranges: Vec<Range<'_>> =
        accept.into_iter().flat_map(|line| split(line, ',')).filter_map(Range::parse).collect();
    best(&ranges, Versions::Implemented).or_else(|| best(&ranges, Versions::Any)).unwrap_or_default()
}

/// What can be sent, the preferred one first.
const OFFERS: [Offer; 5] = [
    Offer { format: Format::Text004, kind: "text", subtype: "plain", versions: &["0.0.4"] },
    Offer {
        format: Format::OpenMetrics100,
        kind: "application",
        subtype: "openmetrics-text",
        versions: &["1.0.0", "0.0.1"],
    },
    Offer {
        format: Format::OpenMetrics200,
        kind: "application",
        subtype: "openmetrics-text",
        versions: &["2.0.0"],
    },
    Offer { format: Format::Text100, kind: "text", subtype: "plain", versions: &["1.0.0"] },
    Offer { format: Format::Protobuf, kind: "application", subtype: "vnd.google.protobuf", versions: &[] },
];

/// The one type of message that there is.
const MESSAGE: &str = "io.prometheus.client.MetricFamily";

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

fn best(ranges: &[Range<'_>], versions: Versions) -> Option<Request> {
    let candidates = OFFERS.iter().enumerate().filter_map(|(preference, offer)| {
        // The most specific range speaks for the offer; of equally specific ones, the most favourable.
        let fitting = ranges.iter().enumerate().filter_map(|(position, range)| {
            Some(((range.specificity(offer, versions)?, range.weight, Reverse(position)), range))
        });
        let ((specificity, weight, position), range) = fitting.max_by_key(|(rank, _)| *rank)?;
        let rank = (weight, specificity, position, Reverse(preference));
        (weight > 0).then(|| (rank, Request::new(offer.format).escaping(range.escaping(offer.format))))
    });
    candidates.max_by_key(|(rank, _)| *rank).map(|(_, request)| request)
}

/// One media range with its weight in thousandths.
struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    version: Option<&'a str>,
    charset: Option<&'a str>,
    escaping: Option<&'a str>,
    message: Option<&'a str>,
    encoding: Option<&'a str>,
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
        let mut range = Self {
            kind,
            subtype,
            version: None,
            charset: None,
            escaping: None,
            message: None,
            encoding: None,
            weight: 1000,
        };
        for parameter in parts {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let value = unquote(value.trim());
            match name.trim().to_ascii_lowercase().as_str() {
                "q" => range.weight = lenient_weight(value)?,
                "version" => range.version = Some(value),
                "charset" => range.charset = Some(value),
                "escaping" => range.escaping = Some(value),
                "proto" => range.message = Some(value),
                "encoding" => range.encoding = Some(value),
                _ => {}
            }
        }
        Some(range)
    }

    /// How closely the range fits, if it does: 0 for `*/*`, 1 for `text/*`, 2 for the type, 3 with everything that
    /// distinguishes it from others of its type.
    fn specificity(&self, offer: &Offer, versions: Versions) -> Option<u8> {
        // A client that names 0.0.4 of the text formats does not mean the other one by a wildcard, and OpenMetrics is that of
        // the oldest version where none is named.
        let by_wildcard = !matches!(offer.format, Format::Text100 | Format::OpenMetrics200);
        if self.kind == "*" {
            return by_wildcard.then_some(0);
        }
        if !self.kind.eq_ignore_ascii_case(offer.kind) {
            return None;
        }
        if self.subtype == "*" {
            return by_wildcard.then_some(1);
        }
        if !self.subtype.eq_ignore_ascii_case(offer.subtype) {
            return None;
        }
        if offer.format == Format::Protobuf {
            let fits = self.message.is_none_or(|message| message == MESSAGE)
                && self.encoding.is_none_or(|encoding| encoding.eq_ignore_ascii_case("delimited"));
            return fits.then_some(if self.message.is_some() && self.encoding.is_some() { 3 } else { 2 });
        }
        if self.charset.is_some_and(|charset| !charset.eq_ignore_ascii_case("utf-8")) {
            return None;
        }
        match self.version {
            Some(version) if offer.versions.contains(&version) => Some(3),
            _ if offer.format == Format::OpenMetrics200 => None,
            None => Some(2),
            Some(_) => (versions == Versions::Any).then_some(2),
        }
    }

    /// A scheme that is not known counts as none. OpenMetrics 2.0 knows names of any characters.
    fn escaping(&self, format: Format) -> Escaping {
        let unless_asked =
            if format == Format::OpenMetrics200 { Escaping::AllowUtf8 } else { Escaping::default() };
        self.escaping.and_then(|scheme| scheme.parse().ok()).unwrap_or(unless_asked)
    }
}

#[cfg(test)]
mod tests;
