//! Derives the panels, alerts and recording rules of a catalogue: those of each known layer, and a panel for every other family.

mod annotated;
mod cache;
mod client;
mod database;
mod function;
mod http;
mod job;
mod kind;
mod layer;
mod migration;
mod model;
mod overview;
mod own;
mod pool;
mod process;

pub(crate) use annotated::faults as annotation_faults;

use crate::{Board, Catalogue, Monitoring, Panel, Recording, Selector, query::is_plain};
use layer::{FIVE_MINUTES, Layer, Scope};
use std::{collections::BTreeSet, sync::Arc};
use tallymark_core::{Kind, registry::FamilyDescriptor};

const LAYERS: [&Layer; 11] = [
    &http::LAYER,
    &client::LAYER,
    &function::LAYER,
    &job::LAYER,
    &database::LAYER,
    &pool::LAYER,
    &migration::LAYER,
    &model::LAYER,
    &cache::LAYER,
    &process::LAYER,
    &own::LAYER,
];

impl Monitoring {
    /// Returns the monitoring of these families: the panels and alerts of each known layer, and for every other family a panel
    /// by its kind, unit and labels.
    pub fn of(catalogue: &Catalogue) -> Self {
        monitoring(catalogue)
    }

    /// Returns the panels of one family by its kind, unit and labels, whichever layer it belongs to.
    pub fn panels_of(family: &Arc<FamilyDescriptor>) -> Vec<Panel> {
        kind::panels(family)
    }
}

fn monitoring(catalogue: &Catalogue) -> Monitoring {
    let mut monitoring = Monitoring::default();
    let mut shown = BTreeSet::new();
    for layer in LAYERS.into_iter().filter(|layer| (layer.wanted)(catalogue)) {
        let mut prefixes: Vec<String> =
            layer.signs.iter().flat_map(|sign| catalogue.prefixes(sign)).collect();
        prefixes.sort();
        prefixes.dedup();
        for prefix in &prefixes {
            let scope = Scope { catalogue, prefix };
            let (mut slug, mut title) = (layer.slug.to_owned(), layer.title.to_owned());
            let namespace = prefix.trim_end_matches('_');
            if prefixes.len() > 1 && !namespace.is_empty() {
                slug = format!("{slug}-{namespace}");
                title = format!("{title} ({namespace})");
            }
            let mut board = Board::new(slug, title);
            board.rows = (layer.rows)(&scope);
            board.rows.retain(|row| !row.panels.is_empty());
            note(&mut shown, &board);
            let rest = catalogue.families().iter().filter(|family| {
                let stem = family.name.strip_prefix(prefix.as_str());
                let owner = stem.and_then(layer_of);
                owner.is_some_and(|owner| owner.slug == layer.slug) && !shown.contains(&family.name)
            });
            let board = board.row("More", rest.filter_map(kind::panel).collect());
            note(&mut shown, &board);
            let mut alerts = (layer.alerts)(&scope);
            if prefixes.len() > 1 && !namespace.is_empty() {
                for alert in &mut alerts {
                    alert.name += &crate::objective::camel_case(namespace);
                }
            }
            monitoring.alerts.append(&mut alerts);
            if !board.rows.is_empty() {
                monitoring.boards.push(board);
            }
        }
    }
    // The families of a layer that nothing uses are not the application's own, and get no panel there.
    let unused = |family: &FamilyDescriptor| {
        LAYERS.iter().any(|layer| {
            !(layer.wanted)(catalogue) && layer.stems.iter().any(|stem| family.base_name.starts_with(stem))
        })
    };
    let rest: Vec<_> = catalogue
        .families()
        .iter()
        .filter(|family| !shown.contains(&family.name) && !unused(family))
        .collect();
    let application = kind::application(&rest);
    if !application.rows.is_empty() {
        monitoring.boards.push(application);
    }
    annotated::add(catalogue, &mut monitoring);
    monitoring.recordings = recordings(catalogue, &monitoring.boards);
    let overview = overview::board(catalogue);
    if !overview.rows.is_empty() {
        monitoring.boards.insert(0, overview);
    }
    monitoring
}

/// Returns the layer that a family belongs to by its name without the namespace: of the layers whose stems the name begins
/// with, the one with the longest, since `http_client_` is not the layer of `http_`.
fn layer_of(name: &str) -> Option<&'static Layer> {
    let stems = LAYERS.into_iter().flat_map(|layer| layer.stems.iter().map(move |stem| (layer, *stem)));
    let owner = stems.filter(|(_, stem)| name.starts_with(stem)).max_by_key(|(_, stem)| stem.len());
    owner.map(|(layer, _)| layer)
}

/// Adds the names of the families that have a panel on this board to `shown`.
fn note(shown: &mut BTreeSet<String>, board: &Board) {
    for target in board.panels().flat_map(|panel| &panel.targets) {
        shown.extend(target.query.families().into_iter().map(|family| family.name.clone()));
    }
}

/// Returns recording rules for the rates of counters and the quantiles of histograms that have a panel, except for the
/// registry's own.
fn recordings(catalogue: &Catalogue, boards: &[Board]) -> Vec<Recording> {
    let mut shown = BTreeSet::new();
    for board in boards {
        note(&mut shown, board);
    }
    let mut recordings = Vec::new();
    let own =
        |family: &FamilyDescriptor| own::LAYER.stems.iter().any(|stem| family.base_name.starts_with(stem));
    // Names of rules are written without quotes, so that servers without UTF-8 names read them.
    let is_recorded =
        |family: &FamilyDescriptor| shown.contains(&family.name) && !own(family) && is_plain(&family.name);
    for family in catalogue.families().iter().filter(|family| is_recorded(family)) {
        let all = Selector::new(family);
        let name = &family.name;
        match family.kind {
            Kind::Counter => {
                let rate = all
                    .rate(FIVE_MINUTES)
                    .map(|rate| Recording::new(format!("job:{name}:rate5m"), rate.sum()));
                recordings.extend(rate);
            }
            Kind::Histogram if !family.bounds.is_empty() => {
                for (quantile, text) in [(0.5, "p50"), (0.95, "p95"), (0.99, "p99")] {
                    let query = all.quantile(quantile, FIVE_MINUTES, &[]);
                    recordings.extend(
                        query.map(|query| Recording::new(format!("job:{name}:{text}_rate5m"), query)),
                    );
                }
            }
            _ => {}
        }
    }
    recordings
}

#[cfg(test)]
mod tests;
