//! What a metric may be called.
//!
//! The macros check names while they still know where each word stands in the source. This is the second line: it
//! runs in constant evaluation, where names composed by `concat!`, kinds hidden behind a type alias and label names
//! of a derived set are known too, and a broken rule is still a compile error.
//!
//! Sources: Prometheus, "Metric and label naming" and "Data model"; OpenMetrics 1.0, "Metric types and suffixes" and
//! "Label names".

mod text;
mod unit;

use crate::descriptor::Kind;
use text::{equal, first_word, last_word, starts_with, strip_end};

/// The naming rules that an author chose not to follow, as in `#[metric(allow(unit))]`.
///
/// Whatever is allowed, a name that the exposition formats cannot carry is refused.
///
/// ```
/// use tallymark_core::__private::Allow;
///
/// const KEEPS_AN_OLD_NAME: Allow = Allow { unit: true, ..Allow::NONE };
/// assert!(KEEPS_AN_OLD_NAME.unit && !Allow::NONE.unit);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
// One flag for each word that may stand in `allow(..)`; a bit set would only hide them.
#[allow(clippy::struct_excessive_bools)]
pub struct Allow {
    /// Units other than base units, and a `unit` that the name does not end in.
    pub unit: bool,
    /// A counter that does not end in `_total`, or something else that does.
    pub total: bool,
    /// Suffixes that the formats add themselves, and an info without `_info`.
    pub suffix: bool,
    /// Anything but lower snake case, the word `metric`, and label names inside the name.
    pub name: bool,
    /// Label names that are not lower snake case.
    pub label: bool,
}

impl Allow {
    /// Nothing is allowed: every rule holds.
    pub const NONE: Self = Self { unit: false, total: false, suffix: false, name: false, label: false };
}

/// Checks a declaration against the rules.
///
/// # Panics
///
/// If a rule is broken, with a sentence that says what is allowed instead. In a `const` or `static` that is a compile
/// error.
// Here and above, the caller is tracked so that the compiler shows the declaration and not the inside of this file.
#[track_caller]
pub(crate) const fn check(name: &str, kind: Kind, labels: &[&str], unit: Option<&str>, allow: Allow) {
    if let Some(sentence) = fault(name, kind, labels, unit, allow) {
        panic!("{}", sentence);
    }
}

/// Checks the labels of a declaration whose name is known to be good.
///
/// # Panics
///
/// As [`check`].
#[track_caller]
pub(crate) const fn check_labels(name: &str, kind: Kind, labels: &[&str], allow: Allow) {
    if let Some(sentence) = labels_fault(name.as_bytes(), kind, labels, allow) {
        panic!("{}", sentence);
    }
}

/// The first rule that a declaration breaks, as a sentence.
pub(crate) const fn fault(
    name: &str,
    kind: Kind,
    labels: &[&str],
    unit: Option<&str>,
    allow: Allow,
) -> Option<&'static str> {
    if let Some(sentence) = name_fault(name, allow) {
        return Some(sentence);
    }
    if let Some(sentence) = suffix_fault(name.as_bytes(), kind, allow) {
        return Some(sentence);
    }
    if let Some(sentence) = unit_fault(name.as_bytes(), kind, unit, allow) {
        return Some(sentence);
    }
    labels_fault(name.as_bytes(), kind, labels, allow)
}

/// Whether the exposition formats can carry this metric name: `[a-zA-Z_:][a-zA-Z0-9_:]*`.
pub(crate) const fn is_metric_name(name: &str) -> bool {
    is_word(name.as_bytes(), true, true)
}

/// Whether the exposition formats can carry this label name: `[a-zA-Z_][a-zA-Z0-9_]*`, and not `__` at the start,
/// which Prometheus keeps for itself.
pub(crate) const fn is_label_name(name: &str) -> bool {
    is_word(name.as_bytes(), true, false) && !starts_with(name.as_bytes(), b"__")
}

/// Whether it is lower snake case: words of lower-case letters and digits, one underscore between two of them, a
/// letter first.
pub(crate) const fn is_snake_case(name: &str) -> bool {
    let bytes = name.as_bytes();
    if !is_word(bytes, false, false) || bytes[0] == b'_' || bytes[bytes.len() - 1] == b'_' {
        return false;
    }
    let mut at = 1;
    while at < bytes.len() {
        if bytes[at] == b'_' && bytes[at - 1] == b'_' {
            return false;
        }
        at += 1;
    }
    true
}

const fn is_word(bytes: &[u8], upper: bool, colon: bool) -> bool {
    let mut at = 0;
    while at < bytes.len() {
        let ok = match bytes[at] {
            b'a'..=b'z' | b'_' => true,
            b'A'..=b'Z' => upper,
            b'0'..=b'9' => at > 0,
            b':' => colon,
            _ => false,
        };
        if !ok {
            return false;
        }
        at += 1;
    }
    !bytes.is_empty()
}

const fn name_fault(name: &str, allow: Allow) -> Option<&'static str> {
    if !is_metric_name(name) {
        return Some(
            "a metric name consists of letters, digits and underscores, and does not begin with a digit",
        );
    }
    if allow.name {
        return None;
    }
    if !is_snake_case(name) {
        return Some(
            "a metric name is lower snake case, such as `orders_created_total`: lower-case letters and digits, one \
             underscore between words; or write `allow(name)`",
        );
    }
    let mut rest = Some(name.as_bytes());
    while let Some(words) = rest {
        let (word, after) = first_word(words);
        if equal(word, b"metric") || equal(word, b"metrics") {
            return Some(
                "every metric is a metric: leave the word out of the name, and say what is measured; or write \
                 `allow(name)`",
            );
        }
        rest = after;
    }
    None
}

const fn suffix_fault(name: &[u8], kind: Kind, allow: Allow) -> Option<&'static str> {
    let counter = matches!(kind, Kind::Counter);
    if !allow.total {
        match strip_end(name, b"_total") {
            None if counter => {
                return Some(
                    "a counter's name ends in `_total`, such as `orders_created_total`; or write `allow(total)`",
                );
            }
            Some(_) if !counter => {
                return Some(
                    "only a counter's name ends in `_total`: take the suffix off, or make it a counter; or write \
                     `allow(total)`",
                );
            }
            _ => {}
        }
    }
    if allow.suffix {
        return None;
    }
    let info = matches!(kind, Kind::Info);
    if info && strip_end(name, b"_info").is_none() {
        return Some("an info's name ends in `_info`, such as `build_info`; or write `allow(suffix)`");
    }
    let last = last_word(name);
    let suffix = name.len() > last.len();
    if suffix && !info && equal(last, b"info") {
        return Some("only an info's name ends in `_info`; or write `allow(suffix)`");
    }
    if suffix
        && (equal(last, b"bucket") || equal(last, b"count") || equal(last, b"sum") || equal(last, b"created"))
    {
        return Some(
            "`_bucket`, `_count`, `_sum` and `_created` are added by the exposition formats and must not end a name; \
             or write `allow(suffix)`",
        );
    }
    None
}

const fn unit_fault(name: &[u8], kind: Kind, unit: Option<&str>, allow: Allow) -> Option<&'static str> {
    let stem = match strip_end(name, b"_total") {
        Some(stem) => stem,
        None => name,
    };
    if let Some(unit) = unit {
        if !is_snake_case(unit) {
            return Some("a unit is lower snake case, such as `seconds` or `bytes`");
        }
        if matches!(kind, Kind::Info | Kind::StateSet) {
            return Some("an info or a state set has no unit");
        }
        if allow.unit {
            return None;
        }
        if let Some(sentence) = unit::fault(last_word(unit.as_bytes())) {
            return Some(sentence);
        }
        let ends = match strip_end(stem, unit.as_bytes()) {
            Some(before) => strip_end(before, b"_").is_some(),
            None => false,
        };
        if !ends {
            return Some(
                "a name ends in its unit, before `_total` if it is a counter: `request_duration_seconds`, \
                 `sent_bytes_total`; or write `allow(unit)`",
            );
        }
    }
    // A name of one word says what is measured, not in which unit.
    if allow.unit || last_word(stem).len() == stem.len() {
        return None;
    }
    unit::fault(last_word(stem))
}

const fn labels_fault(name: &[u8], kind: Kind, labels: &[&str], allow: Allow) -> Option<&'static str> {
    let mut at = 0;
    while at < labels.len() {
        if let Some(sentence) = label_fault(name, kind, labels[at], allow) {
            return Some(sentence);
        }
        let mut other = at + 1;
        while other < labels.len() {
            if equal(labels[at].as_bytes(), labels[other].as_bytes()) {
                return Some("a label name stands twice; the labels of a metric are all different");
            }
            other += 1;
        }
        at += 1;
    }
    None
}

const fn label_fault(name: &[u8], kind: Kind, label: &str, allow: Allow) -> Option<&'static str> {
    let bytes = label.as_bytes();
    if starts_with(bytes, b"__") {
        return Some("label names that begin with `__` belong to Prometheus itself");
    }
    if !is_label_name(label) {
        return Some(
            "a label name consists of letters, digits and underscores, and does not begin with a digit",
        );
    }
    if equal(bytes, b"le") || equal(bytes, b"quantile") {
        return Some(
            "the labels `le` and `quantile` belong to histograms and summaries; choose another name",
        );
    }
    if matches!(kind, Kind::StateSet) && equal(bytes, name) {
        return Some("a state set's own name is the label that holds the state; choose another label name");
    }
    if !allow.label && !is_snake_case(label) {
        return Some("a label name is lower snake case, such as `http_method`; or write `allow(label)`");
    }
    if !allow.name && names_label(name, bytes) {
        return Some(
            "a label stands in the name, as in `requests_by_method`: queries choose by which label to add up, so \
             leave it out; or write `allow(name)`",
        );
    }
    None
}

/// Whether `name` holds `_by_` and then `label` as whole words.
const fn names_label(name: &[u8], label: &[u8]) -> bool {
    let mut at = 0;
    while at + 4 <= name.len() {
        let rest = name.split_at(at).1;
        if starts_with(rest, b"_by_") {
            let after = rest.split_at(4).1;
            if starts_with(after, label) && (after.len() == label.len() || after[label.len()] == b'_') {
                return true;
            }
        }
        at += 1;
    }
    false
}

#[cfg(test)]
mod tests;
