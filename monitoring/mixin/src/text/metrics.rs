//! `METRICS.md`: every metric, with its alerts, panels and objectives.

use crate::plan::Plan;
use std::fmt::Write as _;
use tallymark_core::{
    Kind, Place,
    registry::{FamilyDescriptor, LabelDescriptor},
};
use tallymark_panels::{Alert, Board, Objective};

/// The greatest number of values of a label that are listed.
const MOST_VALUES: usize = 8;

pub(super) fn text(plan: &Plan) -> String {
    let mut text = format!("# Metrics of {}\n\n", plan.name);
    let families = plan.catalogue.families();
    let series: usize = families.iter().filter_map(|family| worst(family)).sum();
    let unknown = families.iter().filter(|family| worst(family).is_none()).count();
    let _ = writeln!(
        text,
        "{} metrics. One instance has at most {series} series of them, as a Prometheus server counts series{}.\n",
        families.len(),
        if unknown == 0 {
            String::new()
        } else {
            format!(", beside those of {unknown} metrics that nothing limits")
        },
    );
    let _ = writeln!(
        text,
        "| metric | kind | unit | labels | series at most | alerts | objectives | panels | declared in |"
    );
    let _ = writeln!(text, "|---|---|---|---|---|---|---|---|---|");
    for family in families {
        let _ = writeln!(
            text,
            "| [`{0}`](#{0}) | {1} | {2} | {3} | {4} | {6} | {7} | {8} | {5} |",
            family.name,
            family.kind.openmetrics_name(),
            family.unit.as_deref().unwrap_or("–"),
            label_names(family),
            worst(family).map_or_else(|| "unlimited".to_owned(), |series| series.to_string()),
            place(family.place.as_ref()),
            // Those of an objective are four for each, and all are in the section.
            cell(reading(&plan.monitoring.alerts, family).map(|alert| format!("`{}`", alert.name))),
            cell(objectives(plan, family).map(|objective| format!("`{}`", objective.slug))),
            cell(boards(plan, family).map(|board| board.title.clone())),
        );
    }
    for family in families {
        section(plan, family, &mut text);
    }
    text
}

fn section(plan: &Plan, family: &FamilyDescriptor, text: &mut String) {
    let _ = writeln!(text, "\n## {}\n\n{}\n", family.name, family.help);
    for label in &family.labels {
        let _ = writeln!(text, "- Label `{}`: {}", label.name, values(label));
    }
    if family.kind == Kind::Histogram && !family.bounds.is_empty() {
        let bounds: Vec<String> = family.bounds.iter().map(ToString::to_string).collect();
        let _ = writeln!(text, "- Buckets up to: {}", bounds.join(", "));
    }
    if !family.states.is_empty() {
        let _ = writeln!(text, "- States: {}", family.states.join(", "));
    }
    let mut panels = Vec::new();
    for board in &plan.monitoring.boards {
        for panel in board.panels() {
            let shows = panel.targets.iter().any(|target| reads(&target.query, family));
            if shows {
                panels.push(format!("{} / {}", board.title, panel.title));
            }
        }
    }
    list("Panels", &panels, text);
    let alerts: Vec<String> =
        reading(&plan.alerts, family).map(|alert| format!("`{}` ({})", alert.name, alert.severity)).collect();
    list("Alerts", &alerts, text);
    let objectives: Vec<String> = objectives(plan, family).map(|objective| objective.title.clone()).collect();
    list("Objectives", &objectives, text);
}

fn reading<'a>(alerts: &'a [Alert], family: &'a FamilyDescriptor) -> impl Iterator<Item = &'a Alert> {
    alerts.iter().filter(|alert| reads(&alert.condition, family))
}

fn objectives<'a>(plan: &'a Plan, family: &'a FamilyDescriptor) -> impl Iterator<Item = &'a Objective> {
    plan.monitoring.objectives.iter().filter(|objective| objective.family() == family.name)
}

/// Returns the dashboards with a panel of the family.
fn boards<'a>(plan: &'a Plan, family: &'a FamilyDescriptor) -> impl Iterator<Item = &'a Board> {
    let shows = |board: &&Board| {
        board.panels().flat_map(|panel| &panel.targets).any(|target| reads(&target.query, family))
    };
    plan.monitoring.boards.iter().filter(shows)
}

/// Returns entries as the text of one cell of a table.
fn cell(entries: impl Iterator<Item = String>) -> String {
    let text = entries.collect::<Vec<_>>().join(", ");
    if text.is_empty() { "–".to_owned() } else { text }
}

fn list(title: &str, entries: &[String], text: &mut String) {
    if !entries.is_empty() {
        let _ = writeln!(text, "- {title}: {}", entries.join("; "));
    }
}

fn reads(query: &tallymark_panels::Query, family: &FamilyDescriptor) -> bool {
    query.families().iter().any(|read| read.name == family.name)
}

/// Returns the greatest possible number of series of a family, as a Prometheus server counts them, or `None` if nothing limits it.
fn worst(family: &FamilyDescriptor) -> Option<usize> {
    Some(family.max_series? * family.samples_per_series())
}

fn label_names(family: &FamilyDescriptor) -> String {
    if family.labels.is_empty() {
        return "–".to_owned();
    }
    family.labels.iter().map(|label| format!("`{}`", label.name)).collect::<Vec<_>>().join(", ")
}

fn values(label: &LabelDescriptor) -> String {
    match &label.values {
        None => "any text".to_owned(),
        Some(values) if values.len() > MOST_VALUES => format!("one of {} values", values.len()),
        Some(values) => values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", "),
    }
}

/// Returns the file of a metric of the program, or the package of any other metric, since its path depends on the machine. The
/// line is left out, because every change above it would change the file.
fn place(place: Option<&Place>) -> String {
    match place {
        None => "a collector".to_owned(),
        Some(place) if is_foreign(place.file) => format!("{}, `{}`", place.package, place.module),
        Some(place) => format!("`{}`", place.file.replace('\\', "/")),
    }
}

fn is_foreign(file: &str) -> bool {
    std::path::Path::new(file).is_absolute() || file.contains("/.cargo/")
}
