//! Checks of names. Names in declarations of the running program were checked by the macros, unless a lint was allowed there.

use super::{
    finding::{Check, Finding, FindingLevel},
    input::Input,
};
use tallymark_core::{Kind, registry::FamilyDescriptor};

/// Names of labels with an unbounded number of values.
const ENDLESS: [&str; 13] = [
    "user_id",
    "userid",
    "session_id",
    "session",
    "request_id",
    "trace_id",
    "span_id",
    "email",
    "ip",
    "remote_addr",
    "path",
    "url",
    "uuid",
];

/// Suffixes of units that are multiples of a base unit, and the base unit.
const MULTIPLES: [(&str, &str); 9] = [
    ("_milliseconds", "seconds"),
    ("_millis", "seconds"),
    ("_ms", "seconds"),
    ("_microseconds", "seconds"),
    ("_minutes", "seconds"),
    ("_kilobytes", "bytes"),
    ("_megabytes", "bytes"),
    ("_mb", "bytes"),
    ("_percent", "ratio"),
];

pub(super) fn all(input: &Input) -> Vec<Finding> {
    let families = input.catalogue.families().iter();
    let mut findings: Vec<Finding> = families.clone().flat_map(|family| labels(family)).collect();
    // The macros check the names that they declare, or their author has allowed an exception.
    if !input.is_live {
        findings.extend(families.flat_map(|family| names(family)));
    }
    findings
}

fn labels(family: &FamilyDescriptor) -> Vec<Finding> {
    let endless = family.labels.iter().filter(|label| ENDLESS.contains(&label.name.as_str()));
    endless
        .map(|label| {
            Finding::new(
                Check::LabelName,
                FindingLevel::Warning,
                format!("`{}` has a label `{}`, whose values have no end", family.name, label.name),
                "each value is a series that lives for months: label with a route, a kind or a class",
            )
            .of(family)
        })
        .collect()
}

fn names(family: &FamilyDescriptor) -> Vec<Finding> {
    let name = family.name.as_str();
    let mut findings = Vec::new();
    let mut find = |message: String, advice: String| {
        findings.push(Finding::new(Check::Naming, FindingLevel::Note, message, advice).of(family));
    };
    if family.kind == Kind::Counter && !name.ends_with("_total") {
        find(format!("counter `{name}` does not end in `_total`"), format!("call it `{name}_total`"));
    }
    if family.kind != Kind::Counter && name.ends_with("_total") {
        find(format!("`{name}` ends in `_total` and is no counter"), "take the ending off".to_owned());
    }
    let stem = name.trim_end_matches("_total");
    if let Some((multiple, base)) = MULTIPLES.iter().find(|(multiple, _)| stem.ends_with(multiple)) {
        let multiple = multiple.trim_start_matches('_');
        find(format!("`{name}` counts {multiple}, which is no base unit"), format!("convert to {base}"));
    }
    if name.chars().any(|character| character.is_ascii_uppercase()) {
        find(
            format!("`{name}` is not in snake case"),
            "write it in lower case with `_` between words".to_owned(),
        );
    }
    if family.help.is_empty() {
        find(format!("`{name}` has no help text"), "say in a sentence what it counts".to_owned());
    }
    findings
}
