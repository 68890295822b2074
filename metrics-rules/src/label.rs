//! What a label may be called.

use crate::{
    Allow, Fault, Kind, is_snake_case,
    text::{equal, is_word, starts_with},
};

/// Returns whether the exposition formats can carry this label name: `[a-zA-Z_][a-zA-Z0-9_]*`, without `__` at the
/// start, which Prometheus keeps for itself.
pub const fn is_label_name(name: &str) -> bool {
    is_word(name.as_bytes(), true, false) && !starts_with(name.as_bytes(), b"__")
}

/// Returns the rule that a label's name breaks by itself, whatever metric it belongs to. `any_case` is for names that
/// need not be lower snake case.
pub const fn label_fault(label: &str, any_case: bool) -> Option<Fault<'_>> {
    let bytes = label.as_bytes();
    if !is_word(bytes, true, false) {
        return Some(Fault::LabelLetters { label });
    }
    if starts_with(bytes, b"__") {
        return Some(Fault::LabelUnderscores { label });
    }
    if equal(bytes, b"le") || equal(bytes, b"quantile") {
        return Some(Fault::LabelReserved { label });
    }
    if !any_case && !is_snake_case(label) {
        return Some(Fault::LabelCase { label });
    }
    None
}

/// Labels with an unbounded number of values.
const ENDLESS: [&str; 7] = ["user_id", "session_id", "request_id", "email", "ip", "path", "url"];

/// Returns whether a label of this name has an unbounded number of values: each user, request or address adds a series.
///
/// Source: Prometheus, "Metric and label naming", "Labels".
pub const fn is_endless_label(label: &str) -> bool {
    let mut at = 0;
    while at < ENDLESS.len() {
        if equal(label.as_bytes(), ENDLESS[at].as_bytes()) {
            return true;
        }
        at += 1;
    }
    false
}

/// Returns the first rule that the labels of a metric break.
pub const fn first_label_fault<'a>(
    name: &'a str,
    kind: Kind,
    labels: &[&'a str],
    allow: Allow,
) -> Option<Fault<'a>> {
    let mut at = 0;
    while at < labels.len() {
        let label = labels[at];
        if let Some(fault) = label_fault(label, allow.label) {
            return Some(fault);
        }
        if !allow.cardinality && is_endless_label(label) {
            return Some(Fault::LabelEndless { label });
        }
        if matches!(kind, Kind::StateSet) && equal(label.as_bytes(), name.as_bytes()) {
            return Some(Fault::LabelIsState { label });
        }
        if !allow.name && names_label(name, label) {
            return Some(Fault::LabelInName { label });
        }
        let mut other = at + 1;
        while other < labels.len() {
            if equal(label.as_bytes(), labels[other].as_bytes()) {
                return Some(Fault::LabelTwice { label });
            }
            other += 1;
        }
        at += 1;
    }
    None
}

/// Returns whether `name` holds `_by_` and then `label` as whole words.
const fn names_label(name: &str, label: &str) -> bool {
    let (name, label) = (name.as_bytes(), label.as_bytes());
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
