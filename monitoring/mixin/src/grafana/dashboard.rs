//! Dashboards in the classic JSON model, which every Grafana since 9 imports.

use super::{layout, panel};
use crate::{
    format::{Node, node},
    plan::Plan,
};
use tallymark_panels::{Board, Catalogue};

/// The schema version of Grafana 9.0. Newer versions migrate it when they read it.
const SCHEMA: u32 = 36;

pub(super) fn dashboard(plan: &Plan, board: &Board) -> (String, Node) {
    let slug = format!("{}-{}", plan.name, board.slug.replace('_', "-"));
    let mut panels = Vec::new();
    let mut id = 0_u32;
    let mut y = 0;
    for row in &board.rows {
        id += 1;
        panels.push(node!({
            "id": (id),
            "type": "row",
            "title": (row.title.as_str()),
            "collapsed": false,
            "panels": [],
            "gridPos": { "h": 1, "w": 24, "x": 0, "y": (y) },
        }));
        let (spots, end) = layout::spots(row.panels.len(), y + 1);
        for (shown, spot) in row.panels.iter().zip(spots) {
            id += 1;
            panels.push(panel::panel(shown, id, spot));
        }
        y = end;
    }
    let anchor = anchor(&plan.catalogue);
    let json = node!({
        "uid": (uid(&slug)),
        "title": (format!("{} / {}", plan.name, board.title)),
        "tags": ["tallymark", (plan.name.as_str())],
        "schemaVersion": (SCHEMA),
        "version": 1,
        "editable": true,
        "graphTooltip": 1,
        "timezone": "browser",
        "refresh": "30s",
        "time": { "from": "now-1h", "to": "now" },
        "annotations": { "list": [{
            "name": "Alerts",
            "enable": true,
            "iconColor": "red",
            "datasource": { "type": "prometheus", "uid": "${datasource}" },
            "expr": "ALERTS{alertstate=\"firing\", job=~\"$job\"}",
            "titleFormat": "{{alertname}}",
        }] },
        "links": [{
            "title": (plan.name.as_str()),
            "type": "dashboards",
            "tags": ["tallymark", (plan.name.as_str())],
            "asDropdown": true,
            "includeVars": true,
            "keepTime": true,
            "icon": "external link",
            "tooltip": "",
            "url": "",
            "targetBlank": false,
        }],
        "templating": { "list": [
            {
                "name": "datasource",
                "label": "Data source",
                "type": "datasource",
                "query": "prometheus",
                "hide": 0,
            },
            (variable("job", &format!("label_values({anchor}, job)"), Some(&plan.name))),
            (variable("instance", &format!("label_values({anchor}{{job=~\"$job\"}}, instance)"), None)),
        ] },
        "panels": (panels),
    });
    (slug, json)
}

fn variable(name: &str, query: &str, chosen: Option<&str>) -> Node {
    let (text, value) = chosen.map_or(("All", "$__all"), |chosen| (chosen, chosen));
    node!({
        "name": (name),
        "label": (name),
        "type": "query",
        "datasource": { "type": "prometheus", "uid": "${datasource}" },
        "query": { "query": (query), "refId": (name) },
        "includeAll": true,
        "allValue": ".*",
        "multi": true,
        "current": { "selected": true, "text": (text), "value": (value) },
        // Also refreshed when the time range changes, because instances come and go.
        "refresh": 2,
        "sort": 1,
        "hide": 0,
    })
}

/// Returns a metric that every instance has.
fn anchor(catalogue: &Catalogue) -> &str {
    let own = catalogue.families().iter().find(|family| family.base_name == "tallymark_conflicts_total");
    own.map_or("up", |family| family.name.as_str())
}

/// Returns the identifier of a dashboard, which Grafana limits to forty characters.
fn uid(slug: &str) -> &str {
    slug.get(..40).unwrap_or(slug).trim_end_matches('-')
}
