//! Checks of values.

use super::{
    access::Access,
    finding::{Check, Finding, FindingLevel},
    identifier,
    input::Input,
    series,
};
use crate::{AnnotationFault, rules::annotation_faults};
use std::collections::BTreeSet;
use tallymark_core::{
    Kind, OVERFLOW,
    registry::{FamilyDescriptor, ObjectiveMeasure},
    snapshot::{Family, Snapshot, Value},
};

/// The least number of observations from which buckets are judged.
const ENOUGH: u64 = 100;
/// The least number of values from which a label is judged.
const MANY: usize = 20;

pub(super) fn all(input: &Input) -> Vec<Finding> {
    let mut findings = Vec::new();
    let checks: [fn(&Input) -> Vec<Finding>; 11] = [
        conflicts,
        collectors,
        limits,
        budget,
        rejected,
        annotations,
        functions,
        models,
        pools,
        migrations,
        endpoint,
    ];
    for check in checks {
        findings.extend(check(input));
    }
    for descriptor in input.catalogue.families() {
        let family = input.snapshot.family(&descriptor.name);
        findings.extend(untouched(input, descriptor, family));
        if let Some(family) = family {
            findings.extend(buckets(descriptor, family));
            findings.extend(labels(input, descriptor, family));
        }
    }
    findings
}

fn conflicts(input: &Input) -> Vec<Finding> {
    let finding = |conflict: &String| {
        Finding::new(
            Check::Conflict,
            FindingLevel::Error,
            format!("declarations are in conflict: {conflict}"),
            "give one of the two another name, or a namespace",
        )
    };
    input.conflicts.iter().map(finding).collect()
}

fn collectors(input: &Input) -> Vec<Finding> {
    let failed = input.collectors.iter().filter(|collector| collector.errors > 0);
    failed
        .map(|collector| {
            let why = collector.last_error.as_deref().unwrap_or("it panicked or was late");
            Finding::new(
                Check::Collector,
                FindingLevel::Error,
                format!("collector `{}` failed {} times, last because: {why}", collector.name, collector.errors),
                "what it hands over is missing from scrapes: make it return an error less often, or unregister it",
            )
        })
        .collect()
}

/// Finds families that are at their limit of series, or near it.
fn limits(input: &Input) -> Vec<Finding> {
    let mut findings = Vec::new();
    for descriptor in input.catalogue.families().iter().filter(|family| !family.labels.is_empty()) {
        let Some(family) = input.snapshot.family(&descriptor.name) else { continue };
        let overflows = family.series.iter().any(|series| {
            !series.labels.is_empty() && series.labels.iter().all(|(_, value)| value == OVERFLOW)
        });
        let closed = descriptor.labels.iter().all(|label| label.values.is_some());
        if overflows {
            findings.push(
                Finding::new(
                    Check::Overflow,
                    FindingLevel::Error,
                    format!("`{}` has more label sets than it may: some are counted as `{OVERFLOW}`", family.name),
                    format!(
                        "take out the label that has the most values ({}), or write #[metric(max_series = …)]",
                        widest(family).unwrap_or_default()
                    ),
                )
                .of(descriptor),
            );
        } else if let Some(most) = descriptor.max_series.filter(|_| !closed) {
            // One of the series is the overflow series.
            let most = most.saturating_sub(1);
            if family.series.len() * 5 > most * 4 {
                findings.push(
                    Finding::new(
                        Check::Limit,
                        FindingLevel::Warning,
                        format!("`{}` has {} of at most {most} label sets", family.name, family.series.len()),
                        format!(
                            "look at the label that has the most values ({}), or write #[metric(max_series = …)]",
                            widest(family).unwrap_or_default()
                        ),
                    )
                    .of(descriptor),
                );
            }
        }
    }
    findings
}

/// Returns the label with the most values, and their number.
fn widest(family: &Family) -> Option<String> {
    let names: BTreeSet<&str> =
        family.series.iter().flat_map(|series| &series.labels).map(|(name, _)| name.as_str()).collect();
    let widest = names.into_iter().max_by_key(|name| values(family, name).len())?;
    Some(format!("`{widest}`: {}", values(family, widest).len()))
}

fn values<'a>(family: &'a Family, label: &str) -> BTreeSet<&'a str> {
    let all = family.series.iter().flat_map(|series| &series.labels);
    all.filter(|(name, value)| name == label && value != OVERFLOW).map(|(_, value)| value.as_str()).collect()
}

fn budget(input: &Input) -> Vec<Finding> {
    let series = series::all(input);
    let now: usize = series.iter().map(|family| family.now).sum();
    let largest: Vec<String> =
        series.iter().take(3).map(|family| format!("`{}` ({})", family.family, family.now)).collect();
    if now <= input.budget {
        return Vec::new();
    }
    vec![Finding::new(
        Check::Budget,
        FindingLevel::Warning,
        format!("one instance has {now} series, more than its budget of {}", input.budget),
        format!("the largest families are {}: take labels or buckets out", largest.join(", ")),
    )]
}

fn rejected(input: &Input) -> Vec<Finding> {
    let rejected = by_base(input, "tallymark_rejected_observations_total");
    let series = rejected.iter().flat_map(|family| &family.series);
    series
        .filter(|series| series.value.as_f64() > 0.0)
        .map(|series| {
            let metric = label(&series.labels, "metric");
            let finding = Finding::new(
                Check::Rejected,
                FindingLevel::Warning,
                format!(
                    "`{metric}` was given {} values that are no numbers, infinite or negative",
                    series.value.as_f64()
                ),
                "look at what is observed: a division by zero, or a subtraction of times in the wrong order",
            );
            match input.catalogue.get(metric) {
                Ok(family) => finding.of(family),
                Err(_) => finding,
            }
        })
        .collect()
}

/// Finds alerts and objectives of annotations that nothing writes as rules.
fn annotations(input: &Input) -> Vec<Finding> {
    let finding = |fault: AnnotationFault| Finding {
        family: Some(fault.family.clone()),
        place: fault.place.map(|place| place.to_string()),
        ..Finding::new(
            Check::Annotation,
            FindingLevel::Error,
            format!("{} of `{}` cannot be written as a rule: {}", fault.what, fault.family, fault.source),
            "change the annotation: until then, the mixin writes no rules",
        )
    };
    annotation_faults(&input.catalogue).into_iter().map(finding).collect()
}

fn functions(input: &Input) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    let declared = functions_with_objectives(input);
    for family in by_base(input, "function_calls_total") {
        for series in &family.series {
            let failed = matches!(label(&series.labels, "outcome"), "error" | "panic");
            let name = format!("{}::{}", label(&series.labels, "module"), label(&series.labels, "function"));
            let promised = declared.contains(&name)
                || input.objectives.iter().any(|about| *about == name || *about == family.name);
            if failed && series.value.as_f64() > 0.0 && !promised && seen.insert(name.clone()) {
                findings.push(Finding::new(
                    Check::Objective,
                    FindingLevel::Note,
                    format!("`{name}` fails, and nothing says how often it may"),
                    "say which part of the calls succeeds: #[timed(slo(success = 99.9))]",
                ));
            }
        }
    }
    findings
}

/// Returns the functions that have an objective of success, as `module::name`.
fn functions_with_objectives(input: &Input) -> BTreeSet<String> {
    let objectives = input.catalogue.families().iter().flat_map(|family| &family.objectives);
    objectives
        .filter_map(|objective| match &objective.measure {
            ObjectiveMeasure::Success { total, .. } => Some(total),
            _ => None,
        })
        .filter_map(|total| {
            let of = |label: &str| total.matchers.iter().find(|matcher| matcher.label == label);
            Some(format!("{}::{}", of("module")?.value, of("function")?.value))
        })
        .collect()
}

fn models(input: &Input) -> Vec<Finding> {
    if !input.is_live || input.catalogue.models() > 0 {
        return Vec::new();
    }
    let writes =
        by_base(input, "db_queries_total").into_iter().flat_map(|family| &family.series).any(|series| {
            matches!(label(&series.labels, "operation"), "insert" | "update" | "delete")
                && series.value.as_f64() > 0.0
        });
    let finding = || {
        Finding::new(
            Check::Model,
            FindingLevel::Note,
            "rows are written, and no model counts them".to_owned(),
            "annotate the structs that matter: #[derive(ModelMetrics)] #[model(name = \"order\", table = \"orders\")]",
        )
    };
    if writes { vec![finding()] } else { Vec::new() }
}

fn pools(input: &Input) -> Vec<Finding> {
    let dbs = |name: &str| -> BTreeSet<String> {
        let families = by_base(input, name);
        let series = families.iter().flat_map(|family| &family.series);
        series.map(|series| label(&series.labels, "db").to_owned()).collect()
    };
    let mut waited = dbs("db_pool_wait_seconds");
    waited.extend(dbs("db_pool_get_wait_seconds_total"));
    dbs("db_pool_connections")
        .difference(&waited)
        .map(|db| {
            Finding::new(
                Check::PoolWait,
                FindingLevel::Warning,
                format!("nobody knows how long connections of the pool of `{db}` are waited for"),
                "take connections through the instrumented pool, so that `db_pool_wait_seconds` is observed",
            )
        })
        .collect()
}

fn migrations(input: &Input) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in ["db_migrations_pending", "django_migrations_unapplied_total"] {
        for family in by_base(input, name) {
            for series in family.series.iter().filter(|series| series.value.as_f64() > 0.0) {
                let db = series.labels.first().map_or("", |(_, db)| db.as_str());
                findings.push(Finding::new(
                    Check::Migrations,
                    FindingLevel::Error,
                    format!("{} migrations of `{db}` were not applied", series.value.as_f64()),
                    "apply them before the program is started: its schema is behind it",
                ));
            }
        }
    }
    findings
}

fn endpoint(input: &Input) -> Vec<Finding> {
    let open = input.endpoint.as_ref().filter(|endpoint| !endpoint.guarded);
    let finding = |endpoint: &Access| {
        Finding::new(
            Check::Endpoint,
            FindingLevel::Warning,
            format!("anyone who reaches port {} can read {}", endpoint.port, endpoint.path),
            "ask for a token or a client certificate, or let only the Prometheus server reach the port",
        )
    };
    open.map(finding).into_iter().collect()
}

fn untouched(input: &Input, descriptor: &FamilyDescriptor, family: Option<&Family>) -> Option<Finding> {
    // Layers declare families for events that may never happen, but a program should touch all metrics of its own.
    let own = input.is_live && descriptor.place.is_some_and(|place| !place.package.starts_with("tallymark"));
    let counts = matches!(descriptor.kind, Kind::Counter | Kind::Histogram | Kind::Summary);
    let touched = family.is_some_and(|family| family.series.iter().any(|series| series.value.as_f64() > 0.0));
    if !own || touched || !(counts || family.is_none_or(|family| family.series.is_empty())) {
        return None;
    }
    let finding = Finding::new(
        Check::Untouched,
        FindingLevel::Note,
        format!("`{}` was never touched", descriptor.name),
        "count where it happens, or take the metric out",
    );
    Some(finding.of(descriptor))
}

fn buckets(descriptor: &FamilyDescriptor, family: &Family) -> Option<Finding> {
    let mut counts: Vec<u64> = Vec::new();
    let mut bounds: &[f64] = &[];
    for series in &family.series {
        if let Value::Histogram(histogram) = &series.value {
            // A histogram with only native buckets has no bounds to judge.
            if histogram.bounds.is_empty() {
                return None;
            }
            bounds = &histogram.bounds;
            counts.resize(counts.len().max(histogram.counts.len()), 0);
            counts.iter_mut().zip(&histogram.counts).for_each(|(sum, count)| *sum += count);
        }
    }
    let total: u64 = counts.iter().sum();
    if total < ENOUGH || bounds.is_empty() {
        return None;
    }
    let beyond = counts.last().copied().unwrap_or(0);
    let last = bounds.last().copied().unwrap_or(f64::NAN);
    let full = counts.iter().position(|count| *count == total);
    let (message, advice) = if beyond * 10 > total {
        (
            format!(
                "{beyond} of {total} observations of `{}` are beyond the last bucket, {last}",
                family.name
            ),
            format!("add buckets above {last}: no quantile is beyond it"),
        )
    } else if let Some(at) = full {
        let edge = bounds.get(at).copied().unwrap_or(f64::INFINITY);
        let from = at.checked_sub(1).and_then(|at| bounds.get(at)).copied().unwrap_or(0.0);
        (
            format!("all {total} observations of `{}` are in one bucket, from {from} to {edge}", family.name),
            format!("choose buckets between {from} and {edge}: quantiles are only guessed within one"),
        )
    } else {
        return None;
    };
    Some(Finding::new(Check::Buckets, FindingLevel::Warning, message, advice).of(descriptor))
}

/// Finds labels with too many values, or with a growing number of values.
fn labels(input: &Input, descriptor: &FamilyDescriptor, family: &Family) -> Vec<Finding> {
    let mut findings = Vec::new();
    for label in descriptor.labels.iter().filter(|label| label.values.is_none()) {
        let now = values(family, &label.name);
        let identifiers = now.iter().filter(|value| identifier::is_one(value)).count();
        if identifiers >= MANY || (identifiers > 0 && identifiers * 2 > now.len()) {
            let example = now.iter().find(|value| identifier::is_one(value)).copied().unwrap_or_default();
            findings.push(
                Finding::new(
                    Check::Identifier,
                    FindingLevel::Warning,
                    format!("label `{}` of `{}` holds identifiers, such as `{example}`", label.name, family.name),
                    "use a label with few values, such as a route, a kind or a class; identifiers belong in logs and exemplars",
                )
                .of(descriptor),
            );
        }
        let before = input.earlier.as_ref().and_then(|earlier| earlier.family(&family.name));
        let before = before.map_or(0, |family| values(family, &label.name).len());
        if input.earlier.is_some() && before > 0 && now.len() >= MANY && now.len() * 2 > before * 3 {
            findings.push(
                Finding::new(
                    Check::Growth,
                    FindingLevel::Warning,
                    format!(
                        "label `{}` of `{}` had {before} values, and has {}",
                        label.name,
                        family.name,
                        now.len()
                    ),
                    "use a label with few values, or let series expire: #[metric(expire_after = …)]",
                )
                .of(descriptor),
            );
        }
    }
    findings
}

/// Returns the families with this base name, in any namespace.
fn by_base<'a>(input: &'a Input, base: &str) -> Vec<&'a Family> {
    let is_it =
        |name: &str| name.strip_suffix(base).is_some_and(|prefix| prefix.is_empty() || prefix.ends_with('_'));
    families(&input.snapshot).filter(|family| is_it(&family.name)).collect()
}

fn families(snapshot: &Snapshot) -> impl Iterator<Item = &Family> {
    snapshot.families().iter()
}

fn label<'a>(labels: &'a [(String, String)], name: &str) -> &'a str {
    labels.iter().find(|(label, _)| label == name).map_or("", |(_, value)| value)
}
