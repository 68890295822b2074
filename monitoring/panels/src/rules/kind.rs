//! Panels for families of no known layer: by kind, unit and labels.

use crate::{Board, Panel, PanelKind, PanelUnit, QueryError, Selector, Unit, Window};
use std::{collections::BTreeMap, sync::Arc};
use tallymark_core::{Kind, registry::FamilyDescriptor};

/// The greatest number of labels in a legend, so that it can be read.
const MOST_LABELS: usize = 2;

/// Returns all panels of one family.
pub(super) fn panels(family: &Arc<FamilyDescriptor>) -> Vec<Panel> {
    let mut panels: Vec<Panel> = panel(family).into_iter().collect();
    // Quantiles hide the shape of the distribution, which the heatmap shows.
    if family.kind == Kind::Histogram && !family.bounds.is_empty() {
        panels.extend(heatmap(family));
    }
    panels
}

/// Returns the panel of one family.
pub(super) fn panel(family: &Arc<FamilyDescriptor>) -> Option<Panel> {
    build(family).ok()
}

fn build(family: &Arc<FamilyDescriptor>) -> Result<Panel, QueryError> {
    let all = Selector::new(family);
    let unit = Unit::of_base(family.unit.as_deref());
    let labels: Vec<&str> = family.labels.iter().map(|label| label.name.as_str()).take(MOST_LABELS).collect();
    let legend = legend(&labels);
    let title = title(family);
    let written = family.panel.unit;
    let mut panel = match family.kind {
        Kind::Counter => {
            let query = all.rate(Window::Panel)?.sum_by(&labels)?;
            let kind = if labels.is_empty() { PanelKind::Lines } else { PanelKind::Stacked };
            Panel::new(title, kind, unit.per_second()).query(legend, query)
        }
        Kind::Histogram if family.bounds.is_empty() => {
            Panel::new(title, PanelKind::Lines, unit).query("mean", all.mean(Window::Panel, &[])?)
        }
        Kind::Histogram => {
            let mut panel = Panel::new(title, PanelKind::Lines, unit);
            for (quantile, text) in [(0.5, "p50"), (0.95, "p95"), (0.99, "p99")] {
                panel = panel.query(text, all.quantile(quantile, Window::Panel, &[])?);
            }
            panel
        }
        Kind::Summary => {
            Panel::new(title, PanelKind::Lines, unit).query(legend, all.mean(Window::Panel, &labels)?)
        }
        Kind::Info => Panel::new(title, PanelKind::Table, PanelUnit::Count).query("", all.value()?),
        Kind::StateSet => {
            let state = format!("{{{{{}}}}}", family.name);
            let mut by = labels.clone();
            by.push(&family.name);
            let legend = if labels.is_empty() { state } else { format!("{legend} {state}") };
            Panel::new(title, PanelKind::States, PanelUnit::Flag).query(legend, all.value()?.max_by(&by)?)
        }
        _ => {
            let is_moment =
                family.name.ends_with("_timestamp_seconds") || written == Some(PanelUnit::Timestamp);
            let query = all.value()?.sum_by(&labels)?;
            if is_moment {
                let query = all.value()?.max_by(&labels)?.times(1_000.0);
                Panel::new(title, PanelKind::Stat, PanelUnit::Timestamp).query(legend, query)
            } else if unit == PanelUnit::Ratio.into() {
                // Ratios of several instances do not add up to a ratio.
                Panel::new(title, PanelKind::Lines, unit).query(legend, all.value()?.max_by(&labels)?)
            } else if labels.is_empty() {
                Panel::new(title, PanelKind::Stat, unit).query(legend, query)
            } else {
                Panel::new(title, PanelKind::Lines, unit).query(legend, query)
            }
        }
    };
    panel.unit = written.map_or(panel.unit, Unit::Known);
    Ok(panel)
}

/// Returns the board of the application's own metrics: a row for each module that declares some, and for each title of a row
/// that annotations have.
pub(super) fn application(families: &[&Arc<FamilyDescriptor>]) -> Board {
    let mut rows: BTreeMap<String, Vec<Panel>> = BTreeMap::new();
    for family in families {
        let title = family.panel.row.clone().unwrap_or_else(|| {
            family.place.map_or_else(|| "Collectors".to_owned(), |place| module_title(place.module))
        });
        rows.entry(title).or_default().extend(panels(family));
    }
    rows.into_iter()
        .fold(Board::new("application", "Application"), |board, (title, panels)| board.row(title, panels))
}

fn heatmap(family: &Arc<FamilyDescriptor>) -> Option<Panel> {
    let query = Selector::new(family).heatmap(Window::Panel).ok()?;
    let unit = family.panel.unit.map_or_else(|| Unit::of_base(family.unit.as_deref()), Unit::Known);
    Some(
        Panel::new(format!("{}, distribution", title(family)), PanelKind::Heatmap, unit)
            .query("{{le}}", query),
    )
}

/// Returns the title that the annotation has, the first sentence of the help text, or the name in words if that is too long or missing.
fn title(family: &FamilyDescriptor) -> String {
    if let Some(title) = &family.panel.title {
        return title.clone();
    }
    let sentence = family.help.split(". ").next().unwrap_or_default().trim_end_matches('.');
    if sentence.is_empty() || sentence.chars().count() > 60 {
        return in_words(family.name.trim_end_matches("_total"));
    }
    sentence.to_owned()
}

fn module_title(module: &str) -> String {
    in_words(module.rsplit("::").next().unwrap_or(module))
}

fn in_words(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn legend(labels: &[&str]) -> String {
    if labels.is_empty() {
        return "value".to_owned();
    }
    labels.iter().map(|label| format!("{{{{{label}}}}}")).collect::<Vec<_>>().join(" ")
}
