//! One panel of a dashboard.

use super::layout::{HEIGHT, Spot};
use crate::format::{Node, node};
use tallymark_core::Kind;
use tallymark_panels::{Level, Panel, PanelKind, PanelUnit, PromQl};

pub(super) fn panel(panel: &Panel, id: u32, spot: Spot) -> Node {
    let type_name = match panel.kind {
        PanelKind::Stat => "stat",
        PanelKind::Gauge => "gauge",
        PanelKind::Heatmap => "heatmap",
        PanelKind::States => "state-timeline",
        PanelKind::Table => "table",
        _ => "timeseries",
    };
    node!({
        "id": (id),
        "type": (type_name),
        "title": (panel.title.as_str()),
        "description": (panel.description.as_str()),
        "datasource": { "type": "prometheus", "uid": "${datasource}" },
        "gridPos": { "h": (HEIGHT), "w": (spot.width), "x": (spot.x), "y": (spot.y) },
        "fieldConfig": { "defaults": (defaults(panel)), "overrides": [] },
        "options": (options(panel)),
        "targets": (targets(panel)),
    })
}

fn targets(panel: &Panel) -> Vec<Node> {
    let style = PromQl::grafana();
    let target = |(at, target): (usize, &tallymark_panels::Target)| {
        let (format, instant) = match panel.kind {
            PanelKind::Heatmap => ("heatmap", false),
            PanelKind::Table => ("table", true),
            _ => ("time_series", false),
        };
        // Named A, B, C and so on: no panel has more queries than letters.
        let letter = u8::try_from(at).ok().and_then(|at| b'A'.checked_add(at)).unwrap_or(b'Z');
        // Exemplars are shown on the lines of histograms.
        let histogram = target.query.families().iter().any(|family| family.kind == Kind::Histogram);
        node!({
            "exemplar": (histogram && panel.kind == PanelKind::Lines),
            "refId": (char::from(letter).to_string()),
            "datasource": { "type": "prometheus", "uid": "${datasource}" },
            "expr": (target.query.promql(&style)),
            "legendFormat": (if target.legend.is_empty() { "__auto" } else { target.legend.as_str() }),
            "format": (format),
            "instant": (instant),
            "range": (!instant),
        })
    };
    panel.targets.iter().enumerate().map(target).collect()
}

fn defaults(panel: &Panel) -> Node {
    let thresholds = !panel.thresholds.is_empty();
    let colours = if thresholds && matches!(panel.kind, PanelKind::Stat | PanelKind::Gauge) {
        "thresholds"
    } else {
        "palette-classic"
    };
    let mut defaults = node!({
        "unit": (panel.unit.grafana()),
        "color": { "mode": (colours) },
        "thresholds": { "mode": "absolute", "steps": (steps(panel)) },
    });
    if panel.unit == PanelUnit::Ratio.into() && panel.kind == PanelKind::Gauge {
        defaults = defaults.with("min", 0).with("max", 1);
    }
    match panel.kind {
        PanelKind::Lines | PanelKind::Stacked => {
            let stacked = panel.kind == PanelKind::Stacked;
            let lines = if thresholds { "dashed" } else { "off" };
            defaults.with("min", 0).with(
                "custom",
                node!({
                    "drawStyle": "line",
                    "lineWidth": 1,
                    "fillOpacity": (if stacked { 40 } else { 8 }),
                    "showPoints": "never",
                    "stacking": { "mode": (if stacked { "normal" } else { "none" }), "group": "A" },
                    "thresholdsStyle": { "mode": (lines) },
                }),
            )
        }
        PanelKind::States => defaults.with("custom", node!({ "lineWidth": 0, "fillOpacity": 70 })),
        _ => defaults,
    }
}

fn steps(panel: &Panel) -> Vec<Node> {
    let step = |level: Level, value: Node| {
        let colour = match level {
            Level::Warning => "orange",
            Level::Critical => "red",
            _ => "green",
        };
        node!({ "color": (colour), "value": (value) })
    };
    // The first step has no lower bound, which is written as null.
    let below = panel.thresholds.iter().find(|threshold| threshold.from == f64::NEG_INFINITY);
    let mut steps = vec![step(below.map_or(Level::Good, |threshold| threshold.level), Node::Null)];
    let finite = panel.thresholds.iter().filter(|threshold| threshold.from.is_finite());
    steps.extend(finite.map(|threshold| step(threshold.level, Node::Number(threshold.from))));
    steps
}

fn options(panel: &Panel) -> Node {
    let reduce = node!({ "calcs": ["lastNotNull"], "fields": "", "values": false });
    match panel.kind {
        PanelKind::Stat => node!({
            "reduceOptions": (reduce),
            "colorMode": (if panel.thresholds.is_empty() { "none" } else { "value" }),
            "graphMode": (if panel.unit == PanelUnit::Timestamp.into() { "none" } else { "area" }),
            "justifyMode": "auto",
            "orientation": "auto",
            "textMode": "auto",
        }),
        PanelKind::Gauge => node!({
            "reduceOptions": (reduce),
            "orientation": "auto",
            "showThresholdLabels": false,
            "showThresholdMarkers": true,
        }),
        PanelKind::Heatmap => node!({
            "calculate": false,
            "cellGap": 1,
            "color": { "mode": "scheme", "scheme": "Oranges", "steps": 64, "exponent": 0.5, "fill": "dark-orange", "reverse": false },
            "exemplars": { "color": "rgba(255,0,255,0.7)" },
            "filterValues": { "le": 1e-9 },
            "legend": { "show": true },
            "rowsFrame": { "layout": "auto" },
            "tooltip": { "show": true, "yHistogram": false },
            "yAxis": { "axisPlacement": "left", "reverse": false, "unit": (panel.unit.grafana()) },
        }),
        PanelKind::States => node!({
            "alignValue": "left",
            "mergeValues": true,
            "rowHeight": 0.9,
            "showValue": "auto",
            "legend": { "displayMode": "list", "placement": "bottom", "showLegend": true, "calcs": [] },
            "tooltip": { "mode": "single", "sort": "none" },
        }),
        PanelKind::Table => node!({ "showHeader": true }),
        _ => node!({
            "legend": { "displayMode": "list", "placement": "bottom", "showLegend": true, "calcs": [] },
            "tooltip": { "mode": "multi", "sort": "desc" },
        }),
    }
}
