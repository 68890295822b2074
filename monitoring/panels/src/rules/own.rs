//! The registry's own metrics: scrapes, collectors and dropped series.

use super::layer::{Layer, Scope, alerts, always, row};
use crate::{Alert, Comparison, Panel, PanelKind, PanelUnit, Row, Window};

pub(super) const LAYER: Layer = Layer {
    slug: "metrics",
    title: "Metrics about metrics",
    signs: &["tallymark_scrape_duration_seconds"],
    stems: &["tallymark_"],
    rows,
    alerts: wake,
    wanted: always,
};

fn rows(scope: &Scope<'_>) -> Vec<Row> {
    let scrape = || {
        let all = scope.all("tallymark_scrape_duration_seconds")?;
        Ok(Panel::new("Time that a scrape takes", PanelKind::Lines, PanelUnit::Seconds)
            .query("mean", all.mean(Window::Panel, &[])?)
            .query("p99", all.quantile(0.99, Window::Panel, &[])?))
    };
    let by_metric = |title: &str, name: &str| {
        let query = scope.all(name)?.increase(Window::Panel)?.sum_by(&["metric"])?;
        Ok(Panel::new(title, PanelKind::Lines, PanelUnit::Count).query("{{metric}}", query).bad_from(1.0))
    };
    let collectors = || {
        let all = scope.all("tallymark_collector_errors_total")?;
        let query = all.increase(Window::Panel)?.sum_by(&["collector"])?;
        Ok(Panel::new("Collectors that failed", PanelKind::Lines, PanelUnit::Count)
            .query("{{collector}}", query)
            .bad_from(1.0))
    };
    let conflicts = || {
        let query = scope.all("tallymark_conflicts_total")?.value()?.max_by(&[])?;
        Ok(Panel::new("Conflicts", PanelKind::Stat, PanelUnit::Count).query("conflicts", query).bad_from(1.0))
    };
    let series = || {
        let query = scope.all("tallymark_series")?.value()?.sum_by(&["metric"])?;
        Ok(Panel::new("Series by metric", PanelKind::Stacked, PanelUnit::Count).query("{{metric}}", query))
    };
    let registered = || {
        let query = scope.all("tallymark_registered_metrics")?.value()?.max_by(&["crate"])?;
        Ok(Panel::new("Registered by crate", PanelKind::Table, PanelUnit::Count).query("{{crate}}", query))
    };
    vec![
        row("Scrapes", [scrape(), collectors(), conflicts()]),
        row(
            "Cardinality",
            [
                by_metric("Label sets turned away", "tallymark_dropped_series_total"),
                by_metric("Observations turned away", "tallymark_rejected_observations_total"),
                series(),
                registered(),
            ],
        ),
    ]
}

fn wake(scope: &Scope<'_>) -> Vec<Alert> {
    let window = Window::minutes(15);
    let dropped = || {
        let all = scope.all("tallymark_dropped_series_total")?;
        let condition = all.increase(window)?.sum_by(&["metric"])?.compared(Comparison::Above, 0.0);
        Ok(Alert::new("CardinalityLimit", condition, "{{ $labels.metric }} has more label sets than it may")
            .after_minutes(5)
            .describe(
                "Further label sets are counted as _overflow. Look for a label whose values are not limited.",
            ))
    };
    let collectors = || {
        let all = scope.all("tallymark_collector_errors_total")?;
        let condition = all.increase(window)?.sum_by(&["collector"])?.compared(Comparison::Above, 0.0);
        Ok(Alert::new("CollectorFailing", condition, "The collector {{ $labels.collector }} fails")
            .after_minutes(5)
            .describe("What it hands over is missing from scrapes."))
    };
    let conflicts = || {
        let condition =
            scope.all("tallymark_conflicts_total")?.value()?.max_by(&[])?.compared(Comparison::Above, 0.0);
        Ok(Alert::new("MetricConflicts", condition, "What is declared cannot all be shown")
            .after_minutes(5)
            .describe(
                "{{ $value }} metrics, functions, constant labels or shared objects are not shown as declared. A test that \
                 calls registry::check() names them.",
            ))
    };
    alerts([dropped(), collectors(), conflicts()])
}
