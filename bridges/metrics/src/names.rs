//! From the façade's names, which may be any text, to names that Prometheus takes.

use metrics::Unit;
use tallymark_core::Kind;

/// Replaces what cannot be part of a metric's name by underscores.
pub(crate) fn metric_name(name: &str) -> String {
    let fits = |(at, c): (usize, char)| c == '_' || c == ':' || fits_at(at, c);
    name.chars().enumerate().map(|(at, c)| if fits((at, c)) { c } else { '_' }).collect()
}

/// Replaces what cannot be part of the end of a metric's name by underscores.
pub(crate) fn metric_suffix(suffix: &str) -> String {
    // A digit may be where the suffix begins.
    metric_name(&format!("_{suffix}")).split_off(1)
}

/// Replaces what cannot be part of a label's name by underscores. Names that Prometheus or a kind of metric keep for
/// themselves get the prefix that Prometheus gives to a scraped label whose name is taken.
pub(crate) fn label_name(name: &str) -> String {
    let fits = |(at, c): (usize, char)| c == '_' || fits_at(at, c);
    let name: String = name.chars().enumerate().map(|(at, c)| if fits((at, c)) { c } else { '_' }).collect();
    if name.is_empty() || name.starts_with("__") || name == "le" || name == "quantile" {
        format!("exported_{}", name.trim_start_matches('_'))
    } else {
        name
    }
}

fn fits_at(at: usize, c: char) -> bool {
    c.is_ascii_alphabetic() || (at > 0 && c.is_ascii_digit())
}

/// The word for a unit, if there is one.
pub(crate) fn unit_word(unit: Unit) -> Option<&'static str> {
    match unit {
        // A number of things is no unit of Prometheus'.
        Unit::Count => None,
        unit => Some(unit.as_str()),
    }
}

/// Adds the unit and a counter's `_total` where they are missing.
pub(crate) fn recommended(name: String, kind: Kind, unit: Option<&str>) -> String {
    let mut stem = name;
    if kind == Kind::Counter && stem.len() > "_total".len() && stem.ends_with("_total") {
        stem.truncate(stem.len() - "_total".len());
    }
    if let Some(unit) = unit.filter(|unit| !stem.ends_with(unit)) {
        stem.push('_');
        stem.push_str(unit);
    }
    if kind == Kind::Counter {
        stem.push_str("_total");
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_metrics() {
        for (name, expected) in [
            ("*", "_"),
            ("\"", "_"),
            ("", ""),
            ("foo_bar", "foo_bar"),
            ("foo1_bar", "foo1_bar"),
            ("1foobar", "_foobar"),
            ("foo1:bar2", "foo1:bar2"),
            ("123", "_23"),
            ("http.requests", "http_requests"),
            ("größe", "gr__e"),
        ] {
            assert_eq!(metric_name(name), expected);
        }
        assert_eq!(metric_suffix("1.count"), "1_count");
    }

    #[test]
    fn names_of_labels() {
        for (name, expected) in [
            ("*", "_"),
            (":", "_"),
            ("foo_bar", "foo_bar"),
            ("1foobar", "_foobar"),
            ("foo1bar2", "foo1bar2"),
            ("123", "_23"),
            ("", "exported_"),
            ("__foobar", "exported_foobar"),
            ("le", "exported_le"),
            ("quantile", "exported_quantile"),
        ] {
            assert_eq!(label_name(name), expected);
        }
    }

    #[test]
    fn recommended_names() {
        for (name, kind, unit, expected) in [
            ("hits", Kind::Counter, None, "hits_total"),
            ("hits_total", Kind::Counter, None, "hits_total"),
            ("sent", Kind::Counter, Some("bytes"), "sent_bytes_total"),
            ("sent_total", Kind::Counter, Some("bytes"), "sent_bytes_total"),
            ("sent_bytes_total", Kind::Counter, Some("bytes"), "sent_bytes_total"),
            ("queue_bytes", Kind::Gauge, Some("bytes"), "queue_bytes"),
            ("latency", Kind::Histogram, Some("seconds"), "latency_seconds"),
            ("_total", Kind::Counter, None, "_total_total"),
        ] {
            assert_eq!(recommended(name.to_owned(), kind, unit), expected);
        }
    }
}
