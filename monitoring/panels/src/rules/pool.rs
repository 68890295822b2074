//! Connections of pools: utilisation, saturation, errors.

use super::layer::{FIVE_MINUTES, Layer, Scope, alerts, always, reachable, row};
use crate::{Alert, Comparison, Panel, PanelKind, PanelUnit, Query, QueryError, Row, Window};

pub(super) const LAYER: Layer = Layer {
    slug: "pools",
    title: "Connection pools",
    signs: &["db_pool_connections", "db_pool_healthy"],
    stems: &["db_pool_"],
    rows,
    alerts: wake,
    wanted: always,
};

fn utilisation(scope: &Scope<'_>) -> Result<Query, QueryError> {
    let all = scope.all("db_pool_connections")?;
    let in_use = all.clone().equal("state", "in_use")?.value()?.sum_by(&["db"])?;
    // Not every pool has a limit.
    match scope.all("db_pool_max_connections") {
        Ok(max) => in_use.ratio(max.value()?.sum_by(&["db"])?),
        Err(_) => in_use.ratio(all.value()?.sum_by(&["db"])?),
    }
}

fn rows(scope: &Scope<'_>) -> Vec<Row> {
    let utilised = || {
        Ok(Panel::new("Pool utilisation", PanelKind::Lines, PanelUnit::Ratio)
            .query("{{db}}", utilisation(scope)?)
            .describe("Connections in use, of all that the pool opens at most.")
            .warn_from(0.75)
            .bad_from(0.9))
    };
    let states = || {
        let query = scope.all("db_pool_connections")?.value()?.sum_by(&["db", "state"])?;
        Ok(Panel::new("Connections", PanelKind::Stacked, PanelUnit::Count).query("{{db}} {{state}}", query))
    };
    let waiting = || {
        let query = scope.all("db_pool_waiting")?.value()?.sum_by(&["db"])?;
        Ok(Panel::new("Waiting for a connection", PanelKind::Lines, PanelUnit::Count).query("{{db}}", query))
    };
    let wait = || {
        let all = scope.all("db_pool_wait_seconds")?;
        Ok(Panel::new("Time waited for a connection", PanelKind::Lines, PanelUnit::Seconds)
            .query("{{db}} p50", all.quantile(0.5, Window::Panel, &["db"])?)
            .query("{{db}} p95", all.quantile(0.95, Window::Panel, &["db"])?))
    };
    let healthy = || {
        let query = scope.all("db_pool_healthy")?.value()?.min_by(&["db"])?;
        Ok(Panel::new("Healthy", PanelKind::Stat, PanelUnit::Flag).query("{{db}}", query).good_from(1.0))
    };
    let failures = || {
        let query = scope.all("db_pool_health_failures_total")?.increase(Window::Panel)?.sum_by(&["db"])?;
        Ok(Panel::new("Failed health checks", PanelKind::Lines, PanelUnit::Count).query("{{db}}", query))
    };
    vec![
        row("Utilisation", [utilised(), states()]),
        row("Saturation", [wait(), waiting()]),
        row("Errors", [healthy(), failures()]),
    ]
}

fn wake(scope: &Scope<'_>) -> Vec<Alert> {
    let exhausted = || {
        let condition = utilisation(scope)?.compared(Comparison::Above, 0.9);
        Ok(Alert::new("PoolExhausted", condition, "The pool of {{ $labels.db }} is nearly used up")
            .after_minutes(5)
            .describe("{{ $value | humanizePercentage }} of its connections are in use."))
    };
    let waits = || {
        let all = scope.all("db_pool_wait_seconds")?;
        let limit = reachable(&all, 0.5);
        let condition = all.quantile(0.95, FIVE_MINUTES, &["db"])?.compared(Comparison::Above, limit);
        Ok(Alert::new("PoolWait", condition, "Connections of the pool of {{ $labels.db }} are waited for")
            .after_minutes(5)
            .describe("One in twenty waits longer than {{ $value | humanizeDuration }}."))
    };
    let down = || {
        let worst = scope.all("db_pool_healthy")?.value()?.min_by(&["db"])?;
        let condition = worst.compared(Comparison::Below, 1.0);
        Ok(Alert::new("DatabaseDown", condition, "{{ $labels.db }} does not answer health checks")
            .after_minutes(1)
            .critical())
    };
    alerts([exhausted(), waits(), down()])
}
