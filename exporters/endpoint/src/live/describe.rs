//! What there is to see, as JSON: sections, metrics, findings.

use std::sync::Arc;

use tallymark_core::{Kind, registry::FamilyDescriptor};
use tallymark_panels::{
    Catalogue, FindingLevel, ItemState, Monitoring, PanelKind, PanelUnit, PromQl, Query, Report, Unit,
};

use super::json::Json;

/// Where the window is in a query. The page replaces it with the one that is chosen there.
const WINDOW: &str = "$window";

pub(super) fn promql(query: &Query) -> String {
    let mut style = PromQl::default();
    WINDOW.clone_into(&mut style.window);
    query.promql(&style)
}

pub(super) fn kind_of_panel(kind: PanelKind) -> &'static str {
    match kind {
        PanelKind::Stacked => "stacked",
        PanelKind::Stat => "stat",
        PanelKind::Gauge => "gauge",
        PanelKind::Heatmap => "heatmap",
        PanelKind::States => "states",
        PanelKind::Table => "table",
        _ => "lines",
    }
}

pub(super) fn unit(unit: &Unit) -> String {
    let unit = match unit {
        Unit::Known(unit) => unit,
        Unit::Other(unit) => return unit.clone(),
        _ => return String::new(),
    };
    let text = match unit {
        PanelUnit::Count => "",
        PanelUnit::PerSecond => "/s",
        PanelUnit::RequestsPerSecond => "req/s",
        PanelUnit::BytesPerSecond => "bytes/s",
        same => same.text(),
    };
    text.to_owned()
}

fn kind_of_metric(kind: Kind) -> &'static str {
    match kind {
        Kind::Counter => "counter",
        Kind::Gauge => "gauge",
        Kind::Histogram => "histogram",
        Kind::GaugeHistogram => "gauge histogram",
        Kind::Summary => "summary",
        Kind::Info => "info",
        Kind::StateSet => "state set",
        _ => "unknown",
    }
}

/// Writes what stays the same from one sample to the next: sections and metrics.
pub(super) fn contents(
    json: &mut Json,
    catalogue: &Catalogue,
    monitoring: &Monitoring,
    series: impl Fn(&str) -> usize,
) {
    json.key("boards").array(|json| {
        for board in &monitoring.boards {
            json.object(|json| {
                json.key("slug").string(&board.slug);
                json.key("title").string(&board.title);
            });
        }
    });
    json.key("metrics").array(|json| {
        for family in catalogue.families() {
            metric(json, family, series(&family.name));
        }
    });
}

fn metric(json: &mut Json, family: &Arc<FamilyDescriptor>, series: usize) {
    json.object(|json| {
        json.key("name").string(&family.name);
        json.key("kind").string(kind_of_metric(family.kind));
        json.key("unit").option(family.unit.as_deref());
        json.key("help").string(&family.help);
        json.key("labels").array(|json| family.labels.iter().for_each(|label| json.string(&label.name)));
        let place = family.place.map(|place| format!("{}:{}", place.file, place.line));
        json.key("place").option(place.as_deref());
        json.key("package").option(family.place.map(|place| place.package));
        json.key("series").size(series);
        json.key("queries").array(|json| {
            for panel in Monitoring::panels_of(family) {
                panel.targets.iter().for_each(|target| json.string(&promql(&target.query)));
            }
        });
    });
}

/// Writes what the doctor found, and how many series there are.
pub(super) fn report(json: &mut Json, report: &Report, labels: &[(String, String, usize)]) {
    json.key("findings").array(|json| {
        for finding in report.findings() {
            json.object(|json| {
                json.key("level").string(match finding.level {
                    FindingLevel::Error => "error",
                    FindingLevel::Warning => "warning",
                    _ => "note",
                });
                json.key("message").string(&finding.message);
                json.key("advice").string(&finding.advice);
                json.key("metric").option(finding.family.as_deref());
                json.key("place").option(finding.place.as_deref());
            });
        }
    });
    json.key("checklist").array(|json| {
        for item in report.checklist() {
            json.object(|json| {
                json.key("title").string(&item.title);
                json.key("state").string(match item.state {
                    ItemState::Done => "done",
                    ItemState::Missing => "missing",
                    _ => "unknown",
                });
            });
        }
    });
    json.key("budget").size(report.budget());
    json.key("series").array(|json| {
        for family in report.series().iter().filter(|family| family.now > 0) {
            json.object(|json| {
                json.key("metric").string(&family.family);
                json.key("now").size(family.now);
                if let Some(most) = family.at_most {
                    json.key("most").size(most);
                }
            });
        }
    });
    json.key("labels").array(|json| {
        for (metric, label, values) in labels {
            json.object(|json| {
                json.key("metric").string(metric);
                json.key("label").string(label);
                json.key("values").size(*values);
            });
        }
    });
}
