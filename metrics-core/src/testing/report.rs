//! What a failed assertion shows: all series of the family, before and after.

use super::test::Test;
use crate::{
    cell::Scope,
    snapshot::{Family, Series, Snapshot, Value},
};
use std::fmt::{self, Write as _};

/// Labels as an exposition writes them; without labels, nothing.
pub(super) struct Braces<'a, 'b>(pub(super) &'a [(&'b str, &'b str)]);

impl fmt::Display for Braces<'_, '_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (name, value)) in self.0.iter().enumerate() {
            write!(f, "{}{name}={value:?}", if at == 0 { "{" } else { "," })?;
        }
        f.write_str(if self.0.is_empty() { "" } else { "}" })
    }
}

/// The family that a sample of this name belongs to.
#[inline]
pub(super) fn family_of<'a>(snapshot: &'a Snapshot, name: &str) -> Option<&'a Family> {
    snapshot.family(name).or_else(|| {
        ["_bucket", "_count", "_sum"].iter().find_map(|suffix| snapshot.family(name.strip_suffix(suffix)?))
    })
}

/// All series of a family, then and now.
#[inline]
pub(super) fn vector(test: &Test, now: &Snapshot, name: &str) -> String {
    let Some(family) = family_of(now, name) else { return similar(now, name) };
    let before = test.before().family(&family.name);
    let whose = match test.scope {
        Scope::Thread => "this thread's share of what threads count by themselves",
        Scope::Process => "all threads",
    };
    let mut report = format!("\n\n{} ({}; {whose}):\n", family.name, family.kind.openmetrics_name());
    let gone = before.into_iter().flat_map(|family| &family.series);
    let gone: Vec<&Series> =
        gone.filter(|series| !family.series.iter().any(|other| other.labels == series.labels)).collect();
    for series in &family.series {
        let earlier = before.and_then(|family| {
            family.series.iter().find(|other| other.labels == series.labels).map(|series| &series.value)
        });
        line(&mut report, series, earlier, Some(&series.value));
    }
    for series in gone {
        line(&mut report, series, Some(&series.value), None);
    }
    if family.series.is_empty() {
        report.push_str("  (no series)\n");
    }
    report
}

#[inline]
fn line(text: &mut String, series: &Series, before: Option<&Value>, after: Option<&Value>) {
    let labels: Vec<(&str, &str)> =
        series.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let show = |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), show);
    let (before, after) = (show(before), show(after));
    // Writing to a string cannot fail.
    let _ = if before == after {
        writeln!(text, "    {} {after}", Braces(&labels))
    } else {
        writeln!(text, "  * {} {before} -> {after}", Braces(&labels))
    };
}

#[inline]
fn show(value: &Value) -> String {
    match value {
        Value::Number(number) => number.as_f64().to_string(),
        Value::Histogram(histogram) => {
            format!("count {} sum {} in buckets {:?}", histogram.count(), histogram.sum, histogram.counts)
        }
        Value::Summary(summary) => format!("count {} sum {}", summary.count, summary.sum),
        Value::States(states) => states.current().unwrap_or_default().to_owned(),
    }
}

/// Names that could have been meant.
#[inline]
pub(super) fn similar(now: &Snapshot, name: &str) -> String {
    let words: Vec<&str> = name.split('_').filter(|word| word.len() > 3).collect();
    let near = |family: &&Family| {
        family.name.contains(name) || words.iter().filter(|word| family.name.contains(**word)).count() > 1
    };
    let names: Vec<String> =
        now.families().iter().filter(near).take(5).map(|family| format!("`{}`", family.name)).collect();
    if names.is_empty() { String::new() } else { format!("; there are {}", names.join(", ")) }
}
