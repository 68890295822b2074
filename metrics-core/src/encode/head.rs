//! `# HELP`, `# TYPE` and `# UNIT`, and how a family's name and its samples' names differ.

use super::{
    Format,
    escape::{self, Quotes},
    output::Output,
};
use crate::{descriptor::Kind, visit::Head};

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
        Kind::Summary => &["_count", "_sum", "_created"],
        Kind::Info => &["_info"],
        Kind::Gauge | Kind::StateSet | Kind::Unknown => &[],
    }
}

/// Writes the lines before a family's samples.
pub(super) fn write(out: &mut Output, format: Format, head: &Head<'_>) {
    let (name, kind, quotes) = match format {
        Format::Text004 => (head.name, head.kind.text_name(), Quotes::Keep),
        Format::OpenMetrics100 => (stem(head.name, head.kind), head.kind.openmetrics_name(), Quotes::Escape),
    };
    let unit = head.unit.filter(|unit| format == Format::OpenMetrics100 && unit_fits(name, head.kind, unit));
    // Three lines of at most 16 bytes around names, kind and unit; an escaped help is at most twice as long.
    out.room(3 * (name.len() + 32) + 2 * head.help.len() + unit.map_or(0, str::len));
    if !head.help.is_empty() {
        out.text(b"# HELP ");
        out.text(name.as_bytes());
        out.byte(b' ');
        if escape::is_needed(head.help) {
            let mut escaped = Vec::new();
            escape::append(&mut escaped, head.help, quotes);
            out.text(&escaped);
        } else {
            out.text(head.help.as_bytes());
        }
        out.byte(b'\n');
    }
    out.text(b"# TYPE ");
    out.text(name.as_bytes());
    out.byte(b' ');
    out.text(kind.as_bytes());
    out.byte(b'\n');
    if let Some(unit) = unit {
        out.text(b"# UNIT ");
        out.text(name.as_bytes());
        out.byte(b' ');
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
