//! What the assertion macros call.

use super::{names::NamesMetric, report, test::Test};
use crate::{
    descriptor::Kind,
    label::LabelValue,
    snapshot::{Snapshot, Value},
};

/// What is asserted of a value.
#[allow(missing_debug_implementations, reason = "it holds a closure, and lives for one call")]
pub enum Expected<'a> {
    /// It has grown by this.
    Delta(f64),
    /// It has fallen by this.
    Less(f64),
    /// It is this.
    Value(f64),
    /// This holds of the value before and now; with the source of it.
    Holds(&'a dyn Fn(f64, f64) -> bool, &'a str),
}

/// The name of a metric that the macros were given as `source`.
///
/// # Panics
///
/// If the registry does not know the metric.
#[track_caller]
#[inline]
pub fn name(metric: &(impl NamesMetric + ?Sized), source: &str) -> String {
    match metric.metric_name() {
        Some(name) => name,
        None => {
            panic!("`{source}` is not a metric that the registry knows: is it annotated with `#[metric]`?")
        }
    }
}

/// A label as the macros were given it.
#[inline]
pub fn label(name: &str, value: &(impl LabelValue + ?Sized)) -> (String, String) {
    (name.strip_prefix("r#").unwrap_or(name).to_owned(), value.text(ToOwned::to_owned))
}

/// Asserts something of one value.
///
/// # Panics
///
/// If it is not so.
#[track_caller]
#[inline]
pub fn assert(test: &Test, name: &str, labels: &[(String, String)], expected: &Expected<'_>) {
    let now = test.now();
    let known = report::family_of(&now, name).is_some();
    assert!(known, "no metric is called `{name}`{}", report::similar(&now, name));
    let wanted: Vec<(&str, &str)> =
        labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let (before, after) = (read(test.before(), name, &wanted), read(&now, name, &wanted));
    let (from, to) = (before.unwrap_or_default(), after.unwrap_or_default());
    let change = to - from;
    let fault = match *expected {
        Expected::Delta(delta) if same(change, delta) => None,
        Expected::Delta(delta) => Some(format!("changed by {change:+}, not by {delta:+}")),
        Expected::Less(delta) if same(change, -delta) => None,
        Expected::Less(delta) => Some(format!("changed by {change:+}, not by {:+}", -delta)),
        Expected::Value(value) if after.is_some() && same(to, value) => None,
        Expected::Value(value) => Some(match after {
            Some(after) => format!("is {after}, not {value}"),
            None => format!("is not there, and should be {value}"),
        }),
        Expected::Holds(holds, _) if holds(from, to) => None,
        Expected::Holds(_, source) => {
            Some(format!("went from {from} to {to}, of which `{source}` does not hold"))
        }
    };
    if let Some(fault) = fault {
        panic!("`{name}{}` {fault}{}", report::Braces(&wanted), report::vector(test, &now, name));
    }
}

/// Asserts that nothing of a family has changed.
///
/// # Panics
///
/// If something has.
#[track_caller]
#[inline]
pub fn assert_unchanged(test: &Test, name: &str) {
    let now = test.now();
    let Some(family) = report::family_of(&now, name) else {
        panic!("no metric is called `{name}`{}", report::similar(&now, name));
    };
    let name = &family.name;
    let empty = |series: &&crate::snapshot::Series| series.value.as_f64() != 0.0;
    let after = family.series.iter().filter(empty);
    let before = test.before().family(name).map(|family| family.series.iter().filter(empty));
    let same = before.is_some_and(|before| {
        let (before, after): (Vec<_>, Vec<_>) = (before.collect(), after.collect());
        before.len() == after.len() && after.iter().all(|series| before.contains(series))
    });
    assert!(same, "`{name}` has changed{}", report::vector(test, &now, name));
}

/// The value by its name: of histograms and summaries, the count.
#[inline]
fn read(snapshot: &Snapshot, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    match snapshot.family(name) {
        Some(family) if matches!(family.kind, Kind::Histogram | Kind::GaugeHistogram | Kind::Summary) => {
            match family.get(labels) {
                Some(series) => match &series.value {
                    Value::Number(_) | Value::States(_) => None,
                    value => Some(value.as_f64()),
                },
                None => snapshot.value(name, labels),
            }
        }
        _ => snapshot.value(name, labels),
    }
}

/// Whole numbers are compared exactly; sums and differences of others only nearly so.
#[allow(clippy::float_cmp, reason = "exact where it can be")]
#[inline]
fn same(a: f64, b: f64) -> bool {
    a == b
        || (a.is_nan() && b.is_nan())
        || ((a.fract() != 0.0 || b.fract() != 0.0) && (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0))
}
