//! The overview, which is the first board: the panels to look at first during an incident.

use super::{
    cache, database, http, kind,
    layer::{Scope, row},
    migration, model, process,
};
use crate::{Board, Catalogue, Panel, QueryError};
use tallymark_core::Kind;

/// The greatest number of the application's gauges on the overview.
const MOST_GAUGES: usize = 6;

pub(super) fn board(catalogue: &Catalogue) -> Board {
    // Of a layer in several namespaces, the first one is shown.
    let of = |signs: &[&str], panel: fn(&Scope<'_>) -> Result<Panel, QueryError>| {
        let prefix = signs.iter().find_map(|sign| catalogue.prefixes(sign).into_iter().next());
        let unknown = || QueryError::UnknownFamily { family: signs.join(", ") };
        panel(&Scope { catalogue, prefix: &prefix.ok_or_else(unknown)? })
    };
    let served = |panel| of(http::LAYER.signs, panel);
    let used = |panel| of(process::LAYER.signs, panel);
    let inserts = if (model::LAYER.wanted)(catalogue) {
        of(model::LAYER.signs, model::inserts)
    } else {
        Err(QueryError::UnknownFamily { family: "model_inserts_total".to_owned() })
    };
    let gauges = catalogue.families().iter().filter(|family| {
        let own = family.place.is_some_and(|place| !is_of_layer(place.package));
        own && family.kind == Kind::Gauge && family.labels.is_empty()
    });
    let http_row = row(
        "Requests",
        [
            served(http::request_rate),
            served(http::error_ratio),
            served(http::latency),
            served(http::by_status),
        ],
    );
    let data_row = row(
        "Data",
        [
            of(database::LAYER.signs, database::query_rate),
            of(cache::LAYER.signs, cache::hit_ratio),
            of(migration::LAYER.signs, migration::pending),
            inserts,
        ],
    );
    Board::new("overview", "Overview")
        .row(http_row.title, http_row.panels)
        .row(data_row.title, data_row.panels)
        .row("Business", gauges.filter_map(kind::panel).take(MOST_GAUGES).collect())
        .row("Process", [used(process::memory), used(process::cpu)].into_iter().flatten().collect())
}

/// Returns whether a package is one of the layers, whose metrics are not the application's own.
fn is_of_layer(package: &str) -> bool {
    package.starts_with("tallymark")
}
