//! What each layer's families bring along, and what all others get.

mod cache;
mod database;
mod function;
mod http;
mod kind;
mod migration;
mod model;
mod overview;
mod own;
mod pool;
mod process;

use crate::{
    Alert, Board, Catalogue, Monitoring, Panel, QueryError, Recording, Row, Selector, Window, query::is_plain,
};
use std::{collections::BTreeSet, sync::Arc};
use tallymark_core::{Kind, registry::FamilyDescriptor};

/// The families of one layer in one namespace.
struct Scope<'a> {
    catalogue: &'a Catalogue,
    /// The namespace with its `_`, or nothing.
    prefix: &'a str,
}

impl Scope<'_> {
    /// All series of a family of the layer.
    fn all(&self, name: &str) -> Result<Selector, QueryError> {
        self.catalogue.get(&format!("{}{name}", self.prefix)).map(Selector::new)
    }
}

/// A layer: how it is recognized, and what it brings.
struct Layer {
    slug: &'static str,
    title: &'static str,
    /// Families of which any shows that the layer is there.
    signs: &'static [&'static str],
    /// How names begin that belong to it, after the namespace.
    stems: &'static [&'static str],
    rows: fn(&Scope<'_>) -> Vec<Row>,
    alerts: fn(&Scope<'_>) -> Vec<Alert>,
    /// Whether it has anything to show.
    wanted: fn(&Catalogue) -> bool,
}

const LAYERS: [&Layer; 9] = [
    &http::LAYER,
    &function::LAYER,
    &database::LAYER,
    &pool::LAYER,
    &migration::LAYER,
    &model::LAYER,
    &cache::LAYER,
    &process::LAYER,
    &own::LAYER,
];

/// The window of rates in alerts.
const FIVE_MINUTES: Window = Window::minutes(5);

pub(crate) fn monitoring(catalogue: &Catalogue) -> Monitoring {
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
                let belongs = stem.is_some_and(|name| layer.stems.iter().any(|stem| name.starts_with(stem)));
                belongs && !shown.contains(&family.name)
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
    // What was left out because nothing uses it is nobody else's either.
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
    monitoring.recordings = recordings(catalogue, &monitoring.boards);
    let overview = overview::board(catalogue);
    if !overview.rows.is_empty() {
        monitoring.boards.insert(0, overview);
    }
    monitoring
}

/// Notes which families have a panel.
fn note(shown: &mut BTreeSet<String>, board: &Board) {
    for target in board.panels().flat_map(|panel| &panel.targets) {
        shown.extend(target.query.families().into_iter().map(|family| family.name.clone()));
    }
}

/// Rates of counters and quantiles of histograms, for a server to keep: of what is shown, the registry's own left out.
fn recordings(catalogue: &Catalogue, boards: &[Board]) -> Vec<Recording> {
    let mut shown = BTreeSet::new();
    for board in boards {
        note(&mut shown, board);
    }
    let mut recordings = Vec::new();
    let own =
        |family: &FamilyDescriptor| own::LAYER.stems.iter().any(|stem| family.base_name.starts_with(stem));
    // The names of rules are known to servers that know no others.
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

/// A row of those panels whose families are declared.
fn row<const N: usize>(title: &str, panels: [Result<Panel, QueryError>; N]) -> Row {
    Row { title: title.to_owned(), panels: panels.into_iter().flatten().collect() }
}

/// Those alerts whose families are declared.
fn alerts<const N: usize>(alerts: [Result<Alert, QueryError>; N]) -> Vec<Alert> {
    alerts.into_iter().flatten().collect()
}

fn always(_: &Catalogue) -> bool {
    true
}

/// Whether a family has all these labels.
fn has_labels(family: &Arc<FamilyDescriptor>, labels: &[&str]) -> bool {
    labels.iter().all(|label| family.label(label).is_some())
}

#[cfg(test)]
mod tests;
