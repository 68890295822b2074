//! Functions under `#[timed]`: rate, errors, duration.

use super::layer::{FIVE_MINUTES, Layer, Scope, alerts, row};
use crate::{Alert, Comparison, Panel, PanelKind, PanelUnit, Row, Window};

pub(super) const LAYER: Layer = Layer {
    slug: "functions",
    title: "Functions",
    signs: &["function_calls_total"],
    stems: &["function_"],
    rows,
    alerts: wake,
    wanted: |catalogue| catalogue.functions() > 0,
};

const LEGEND: &str = "{{module}}::{{function}}";
const BY: [&str; 2] = ["module", "function"];

fn rows(scope: &Scope<'_>) -> Vec<Row> {
    let rate = || {
        let query = scope.all("function_calls_total")?.rate(Window::Panel)?.sum_by(&BY)?;
        Ok(Panel::new("Calls by function", PanelKind::Lines, PanelUnit::PerSecond).query(LEGEND, query))
    };
    let outcomes = || {
        let query = scope.all("function_calls_total")?.rate(Window::Panel)?.sum_by(&["outcome"])?;
        Ok(Panel::new("Calls by outcome", PanelKind::Stacked, PanelUnit::PerSecond)
            .query("{{outcome}}", query))
    };
    let failures = || {
        let all = scope.all("function_calls_total")?;
        let failed = all.clone().matching("outcome", "error|panic")?.rate(Window::Panel)?.sum_by(&BY)?;
        let query = failed.part_of(all.rate(Window::Panel)?.sum_by(&BY)?)?;
        Ok(Panel::new("Failed calls by function", PanelKind::Lines, PanelUnit::Ratio)
            .query(LEGEND, query)
            .describe("The part of all calls that returned an error or panicked.")
            .bad_from(0.01))
    };
    let kinds = || {
        let query =
            scope.all("function_errors_total")?.rate(Window::Panel)?.sum_by(&["function", "error"])?;
        Ok(Panel::new("Errors by kind", PanelKind::Stacked, PanelUnit::PerSecond)
            .query("{{function}}: {{error}}", query))
    };
    let duration = || {
        let query = scope.all("function_duration_seconds")?.quantile(0.95, Window::Panel, &BY)?;
        Ok(Panel::new("p95 by function", PanelKind::Lines, PanelUnit::Seconds).query(LEGEND, query))
    };
    let mean = || {
        let query = scope.all("function_duration_seconds")?.mean(Window::Panel, &BY)?;
        Ok(Panel::new("Mean time by function", PanelKind::Lines, PanelUnit::Seconds).query(LEGEND, query))
    };
    let in_flight = || {
        let query = scope.all("function_in_flight")?.value()?.sum_by(&BY)?;
        Ok(Panel::new("Calls in progress", PanelKind::Lines, PanelUnit::Count).query(LEGEND, query))
    };
    vec![
        row("Rate", [rate(), outcomes()]),
        row("Errors", [failures(), kinds()]),
        row("Duration", [duration(), mean(), in_flight()]),
    ]
}

fn wake(scope: &Scope<'_>) -> Vec<Alert> {
    let panics = || {
        let calls = scope.all("function_calls_total")?.equal("outcome", "panic")?;
        let condition = calls.increase(FIVE_MINUTES)?.sum_by(&BY)?.compared(Comparison::Above, 0.0);
        Ok(Alert::new("FunctionPanics", condition, "{{ $labels.module }}::{{ $labels.function }} panics")
            .describe("About {{ $value | humanize }} calls have panicked within five minutes."))
    };
    alerts([panics()])
}
