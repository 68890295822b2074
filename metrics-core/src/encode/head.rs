//! `# HELP`, `# TYPE` and `# UNIT`, and how a family's name and its samples' names differ.

use super::{
    Escaping, Format,
    escape::{self, Quotes},
    output::Output,
};
use crate::{descriptor::Kind, lint, visit::Head};
use std::borrow::Cow;

/// The name of the family in OpenMetrics, which has no `_total` and no `_info`.
///
/// Source: OpenMetrics 1.0, "Suffixes".
pub(crate) fn stem(name: &str, kind: Kind) -> &str {
    let suffix = match kind {
        Kind::Counter => "_total",
        Kind::Info => "_info",
        _ => return name,
    };
    match name.strip_suffix(suffix) {
        Some("") | None => name,
        Some(stem) => stem,
    }
}

/// What either format may put behind the [`stem`] of a family for its samples, or keeps free for them.
///
/// Source: OpenMetrics 1.0, "Suffixes".
pub(crate) const fn sample_suffixes(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Counter => &["_total", "_created"],
        Kind::Histogram => &["_bucket", "_count", "_sum", "_created"],
        // The text formats have no such kind, and show it as a histogram.
        Kind::GaugeHistogram => &["_bucket", "_gcount", "_gsum", "_count", "_sum"],
        Kind::Summary => &["_count", "_sum", "_created"],
        Kind::Info => &["_info"],
        _ => &[],
    }
}

/// A family whose samples have the name that was declared.
///
/// OpenMetrics lets the samples of a counter end in nothing else than `_total`. A scraper that asks for OpenMetrics, as
/// Prometheus does, would store a counter of another name under a name that nobody wrote; so it is `unknown` there.
/// Source: OpenMetrics 1.0, "Unknown".
pub(super) fn as_named<'a>(format: Format, escaping: Escaping, head: &Head<'a>) -> Head<'a> {
    let ends_so = |name: &str| stem(name, Kind::Counter).len() < name.len();
    let is_renamed = format == Format::OpenMetrics100
        && head.kind == Kind::Counter
        && !(ends_so(head.name) && (is_plain(head.name) || ends_so(&escaping.metric_name(head.name))));
    if is_renamed { Head { kind: Kind::Unknown, ..*head } } else { *head }
}

/// A family's name as it is written.
pub(super) struct Shown<'a> {
    /// Behind `# TYPE`.
    pub(super) family: Cow<'a, str>,
    /// What the samples have behind it.
    pub(super) suffix: &'static str,
    /// Whether it is written in quotes; if so, it is escaped for that.
    pub(super) quoted: bool,
    /// Whether it is a name that every format can carry as it is.
    pub(super) plain: bool,
}

impl<'a> Shown<'a> {
    /// The name of a family. `plain` says that it is known to need no escaping.
    #[inline]
    pub(super) fn new(format: Format, escaping: Escaping, plain: bool, head: &Head<'a>) -> Self {
        let mut family = Cow::Borrowed(head.name);
        let mut quoted = false;
        let plain = plain || is_plain(head.name);
        if !plain {
            (family, quoted) = Self::unusual(escaping, head.name);
        }
        let mut suffix = "";
        if format == Format::OpenMetrics100 {
            suffix = match head.kind {
                Kind::Counter => "_total",
                Kind::Info => "_info",
                _ => "",
            };
            // Escaped as a whole, so that the sample has the same name in every format.
            family = match family {
                Cow::Borrowed(name) => Cow::Borrowed(stem(name, head.kind)),
                Cow::Owned(name) => Cow::Owned(stem(&name, head.kind).to_owned()),
            };
        }
        Self { family, suffix, quoted, plain }
    }

    #[cold]
    fn unusual(escaping: Escaping, name: &str) -> (Cow<'a, str>, bool) {
        let name = escaping.metric_name(name);
        if lint::is_metric_name(&name) {
            return (Cow::Owned(name), false);
        }
        let mut text = Vec::new();
        escape::append(&mut text, &name, Quotes::Escape);
        (Cow::Owned(String::from_utf8(text).unwrap_or(name)), true)
    }
}

/// Whether every format can carry the name as it is.
///
/// Sixteen bytes at a time, without an early return.
#[inline]
#[expect(clippy::needless_bitwise_bool, reason = "branches cannot be vectorised")]
fn is_plain(name: &str) -> bool {
    // The colon follows the digits.
    let odd = |byte: u8| {
        ((byte | 0x20).wrapping_sub(b'a') > b'z' - b'a')
            & (byte.wrapping_sub(b'0') > b':' - b'0')
            & (byte != b'_')
    };
    let blocks = name.as_bytes().chunks_exact(16);
    let rest = blocks.remainder();
    let mut found = name.as_bytes().first().is_none_or(u8::is_ascii_digit);
    for block in blocks {
        found |= block.iter().fold(false, |found, &byte| found | odd(byte));
    }
    !rest.iter().fold(found, |found, &byte| found | odd(byte))
}

/// Writes the beginning of one of the lines before a family's samples.
#[inline(always)]
fn begin(out: &mut Output, shown: &Shown<'_>, line: &[u8]) {
    out.text(line);
    if shown.quoted {
        out.byte(b'"');
    }
    out.text(shown.family.as_bytes());
    if shown.quoted {
        out.byte(b'"');
    }
    out.byte(b' ');
}

/// Writes the lines before a family's samples.
pub(super) fn write(out: &mut Output, format: Format, head: &Head<'_>, shown: &Shown<'_>) {
    let (kind, quotes) = match format {
        Format::OpenMetrics100 => (head.kind.openmetrics_name(), Quotes::Escape),
        _ => (head.kind.text_name(), Quotes::Keep),
    };
    let name = shown.family.as_ref();
    let unit = head.unit.filter(|unit| format == Format::OpenMetrics100 && unit_fits(name, head.kind, unit));
    // Three lines of at most 16 bytes around names, kind and unit; an escaped help is at most twice as long.
    out.room(3 * (name.len() + 32) + 2 * head.help.len() + unit.map_or(0, str::len));
    if !head.help.is_empty() {
        begin(out, shown, b"# HELP ");
        if escape::is_needed(head.help) {
            let mut escaped = Vec::new();
            escape::append(&mut escaped, head.help, quotes);
            out.text(&escaped);
        } else {
            out.text(head.help.as_bytes());
        }
        out.byte(b'\n');
    }
    begin(out, shown, b"# TYPE ");
    out.text(kind.as_bytes());
    out.byte(b'\n');
    if let Some(unit) = unit {
        begin(out, shown, b"# UNIT ");
        out.text(unit.as_bytes());
        out.byte(b'\n');
    }
}

/// Whether OpenMetrics takes this unit: the family's name must end in it, and an info or a state set has none.
///
/// Source: OpenMetrics 1.0, "Unit", "Info" and "`StateSet`".
fn unit_fits(family: &str, kind: Kind, unit: &str) -> bool {
    !unit.is_empty()
        && !matches!(kind, Kind::Info | Kind::StateSet)
        && family.strip_suffix(unit).is_some_and(|rest| rest.ends_with('_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_are_those_that_are_metric_names() {
        for byte in 0..=0x7f_u8 {
            for (before, behind) in
                [("", ""), ("a", ""), ("aaaaaaaaaaaaaaaaaaaa", ""), ("a", "aaaaaaaaaaaaaaaaaaaa")]
            {
                let name = format!("{before}{}{behind}", char::from(byte));
                assert_eq!(is_plain(&name), lint::is_metric_name(&name), "{name:?}");
            }
        }
        assert!(!is_plain("") && !is_plain("größe"));
    }
}
