//! The objectives of a program: those of annotated metrics and functions, and those that layers declared.

use super::{
    declared_family::DeclaredFamily,
    objective::{ObjectiveDescriptor, SeriesSelector},
};
use crate::{
    declared::{Elements, Entry, Errors, Objective},
    function::FunctionSite,
    metric::Metric,
    slo::Slo,
};
use std::{collections::HashMap, ptr};

/// Returns the objectives by the name, as it is shown, of the family whose events they are about.
pub(super) fn by_family(
    declared: &[DeclaredFamily],
    at_run_time: Vec<ObjectiveDescriptor>,
) -> HashMap<String, Vec<ObjectiveDescriptor>> {
    let mut objectives = at_run_time;
    let names = names_by_address(declared);
    for family in declared {
        let entry = family.entry();
        for objective in entry.annotations.objectives {
            objectives.extend(of_metric(entry, objective, &names));
        }
    }
    let durations = declared.iter().find(|family| family.entry().descriptor.name == DURATION);
    let bounds = durations.map_or(&[][..], |family| family.entry().metric.outline().bounds);
    objectives.extend(Elements::global().functions().into_iter().flat_map(|site| of_function(site, bounds)));
    // In whatever order the linker has found them. A function may have several sites, one for each of its copies.
    objectives.sort_by(|a, b| (&a.name, place(a)).cmp(&(&b.name, place(b))));
    objectives.dedup();
    let shown: HashMap<&str, &str> =
        declared.iter().map(|family| (family.entry().descriptor.name, family.name())).collect();
    let mut used: HashMap<String, usize> = HashMap::new();
    let mut by_family: HashMap<String, Vec<ObjectiveDescriptor>> = HashMap::new();
    for mut objective in objectives {
        for selector in objective.selectors() {
            if let Some(&name) = shown.get(selector.family.as_str()) {
                name.clone_into(&mut selector.family);
            }
        }
        let times = used.entry(objective.name.clone()).or_insert(0);
        *times += 1;
        if *times > 1 {
            objective.name = format!("{}_{times}", objective.name);
        }
        by_family.entry(objective.measure.events().family.clone()).or_default().push(objective);
    }
    by_family
}

/// Returns the names of metrics, as they were declared, by their addresses.
fn names_by_address(declared: &[DeclaredFamily]) -> HashMap<usize, &'static str> {
    let entries = declared.iter().map(DeclaredFamily::entry);
    // What has no size may have the address of something else.
    let entries = entries.filter(|entry| size_of_val(entry.metric) > 0);
    entries.map(|entry| (address(entry.metric), entry.descriptor.name)).collect()
}

fn address(metric: &'static dyn Metric) -> usize {
    ptr::from_ref(metric).cast::<()>().addr()
}

fn place(objective: &ObjectiveDescriptor) -> Option<(&'static str, u32)> {
    objective.place.map(|place| (place.file, place.line))
}

const CALLS: &str = "function_calls_total";
const DURATION: &str = "function_duration_seconds";

/// Returns the objectives of a function.
fn of_function(site: &FunctionSite, bounds: &[f64]) -> Vec<ObjectiveDescriptor> {
    let Some(promised) = site.objective() else { return Vec::new() };
    let meta = site.meta();
    let of = |family: &str| {
        SeriesSelector::new(family).equal("module", meta.place.module).equal("function", meta.function)
    };
    let whole = format!("{}::{}", meta.place.module, meta.function);
    let name = if promised.name().is_empty() { &whole } else { promised.name() };
    let errors = of(CALLS).matching("outcome", "error|panic");
    of_slo(name, &format!("calls of {whole}"), promised.slo(), (errors, of(CALLS)), of(DURATION), bounds)
        .into_iter()
        .map(|objective| objective.at(meta.place))
        .collect()
}

/// Returns the objectives of success and of latency.
fn of_slo(
    name: &str,
    events: &str,
    slo: Slo,
    (errors, total): (SeriesSelector, SeriesSelector),
    histogram: SeriesSelector,
    bounds: &[f64],
) -> Vec<ObjectiveDescriptor> {
    let success =
        slo.success_percent().map(|target| ObjectiveDescriptor::success(name, events, target, errors, total));
    let latency = slo
        .latency_limit()
        .map(|(limit, target)| ObjectiveDescriptor::latency(name, events, target, histogram, limit, bounds));
    success.into_iter().chain(latency).collect()
}

/// Returns the objectives of a metric.
fn of_metric(
    entry: &Entry,
    objective: &Objective,
    names: &HashMap<usize, &'static str>,
) -> Vec<ObjectiveDescriptor> {
    let family = entry.descriptor.name;
    let all = SeriesSelector::new(family);
    let errors = match objective.errors {
        Errors::None => all.clone(),
        // What is not declared has no name but the one in the annotation, and every query of it is an error.
        Errors::Metric(metric, written) => {
            SeriesSelector::new(names.get(&address(metric)).copied().unwrap_or(written))
        }
        Errors::Matching(matchers) => matchers.iter().fold(all.clone(), |selector, matcher| {
            selector.and(matcher.label, matcher.operator, matcher.value)
        }),
    };
    let name = if objective.name.is_empty() { family.trim_end_matches("_total") } else { objective.name };
    let (events, bounds) = (format!("events of {family}"), entry.metric.outline().bounds);
    of_slo(name, &events, objective.slo, (errors, all.clone()), all, bounds)
        .into_iter()
        .map(|objective| objective.at(entry.descriptor.place))
        .collect()
}
