//! Statements: rate, errors, duration; and connections that are opened.

use super::layer::{FIVE_MINUTES, Layer, Scope, alerts, always, row};
use crate::{Alert, Comparison, Panel, PanelKind, PanelUnit, QueryError, Row, Window};

pub(super) const LAYER: Layer = Layer {
    slug: "database",
    title: "Database",
    signs: &["db_queries_total", "django_db_execute_total"],
    stems: &[
        "db_queries",
        "db_query_",
        "db_errors",
        "db_slow_",
        "db_n_plus_",
        "db_connect_",
        "db_connection",
        "db_statement_",
        "django_db_",
    ],
    rows,
    alerts: wake,
    wanted: always,
};

/// The names of families and labels, which differ between tallymark and django-prometheus.
struct Names {
    db: &'static str,
    queries: &'static str,
    /// The label of the kind of query.
    operation: &'static str,
    duration: &'static str,
    errors: (&'static str, &'static str),
    opened: &'static str,
    connection_errors: &'static str,
}

const STANDARD: Names = Names {
    db: "db",
    queries: "db_queries_total",
    operation: "operation",
    duration: "db_query_duration_seconds",
    errors: ("db_errors_total", "error"),
    opened: "db_connections_opened_total",
    connection_errors: "db_connection_errors_total",
};

const DJANGO: Names = Names {
    db: "alias",
    queries: "django_db_execute_total",
    operation: "vendor",
    duration: "django_db_query_duration_seconds",
    errors: ("django_db_errors_total", "type"),
    opened: "django_db_new_connections_total",
    connection_errors: "django_db_new_connection_errors_total",
};

fn names(scope: &Scope<'_>) -> &'static Names {
    if scope.all(STANDARD.queries).is_ok() { &STANDARD } else { &DJANGO }
}

pub(super) fn query_rate(scope: &Scope<'_>) -> Result<Panel, QueryError> {
    let names = names(scope);
    let query = scope.all(names.queries)?.rate(Window::Panel)?.sum_by(&[names.db])?;
    Ok(Panel::new("Statement rate", PanelKind::Lines, PanelUnit::PerSecond)
        .query(format!("{{{{{}}}}}", names.db), query))
}

fn rows(scope: &Scope<'_>) -> Vec<Row> {
    let names = names(scope);
    let db = format!("{{{{{}}}}}", names.db);
    let by_operation = || {
        let query = scope.all(names.queries)?.rate(Window::Panel)?.sum_by(&[names.db, names.operation])?;
        Ok(Panel::new("Statements by operation", PanelKind::Stacked, PanelUnit::PerSecond)
            .query(format!("{db} {{{{{}}}}}", names.operation), query))
    };
    let counted = |title: &str, name: &str| {
        let query = scope.all(name)?.rate(Window::Panel)?.sum_by(&[names.db])?;
        Ok(Panel::new(title, PanelKind::Lines, PanelUnit::PerSecond).query(db.as_str(), query))
    };
    let errors = || {
        let (family, label) = names.errors;
        let query = scope.all(family)?.rate(Window::Panel)?.sum_by(&[names.db, label])?;
        Ok(Panel::new("Errors", PanelKind::Stacked, PanelUnit::PerSecond)
            .query(format!("{db} {{{{{label}}}}}"), query))
    };
    let quantiles = || {
        let all = scope.all(names.duration)?;
        let mut panel = Panel::new("Duration of statements", PanelKind::Lines, PanelUnit::Seconds);
        for (quantile, legend) in [(0.5, "p50"), (0.95, "p95"), (0.99, "p99")] {
            panel =
                panel.query(format!("{db} {legend}"), all.quantile(quantile, Window::Panel, &[names.db])?);
        }
        Ok(panel)
    };
    let mean = || {
        let query = scope.all(names.duration)?.mean(Window::Panel, &[names.db, names.operation])?;
        Ok(Panel::new("Mean time by operation", PanelKind::Lines, PanelUnit::Seconds)
            .query(format!("{db} {{{{{}}}}}", names.operation), query))
    };
    let heatmap = || {
        let query = scope.all(names.duration)?.heatmap(Window::Panel)?;
        Ok(Panel::new("Duration, all statements", PanelKind::Heatmap, PanelUnit::Seconds)
            .query("{{le}}", query))
    };
    let in_flight = || {
        let query = scope.all("db_queries_in_flight")?.value()?.sum_by(&["db"])?;
        Ok(Panel::new("Statements in progress", PanelKind::Lines, PanelUnit::Count).query("{{db}}", query))
    };
    let connect = || {
        let query = scope.all("db_connect_duration_seconds")?.quantile(0.95, Window::Panel, &["db"])?;
        Ok(Panel::new("p95 of opening a connection", PanelKind::Lines, PanelUnit::Seconds)
            .query("{{db}}", query))
    };
    vec![
        row("Rate", [query_rate(scope), by_operation(), in_flight()]),
        row(
            "Errors",
            [
                errors(),
                counted("Slow statements", "db_slow_queries_total"),
                counted("Repeated statements (N+1)", "db_n_plus_one_total"),
            ],
        ),
        row("Duration", [quantiles(), mean(), heatmap()]),
        row(
            "Connections",
            [
                counted("Connections opened", names.opened),
                counted("Connections that could not be opened", names.connection_errors),
                connect(),
            ],
        ),
    ]
}

fn wake(scope: &Scope<'_>) -> Vec<Alert> {
    let names = names(scope);
    let errors = || {
        let rate = scope.all(names.errors.0)?.rate(FIVE_MINUTES)?.sum_by(&[names.db])?;
        let condition = rate.compared(Comparison::Above, 0.1);
        let summary = format!("Statements on {{{{ $labels.{} }}}} fail", names.db);
        Ok(Alert::new("DatabaseErrors", condition, summary)
            .after_minutes(1)
            .critical()
            .describe("{{ $value | humanize }} statements fail in each second."))
    };
    let connections = || {
        let rate = scope.all(names.connection_errors)?.increase(FIVE_MINUTES)?.sum_by(&[names.db])?;
        let condition = rate.compared(Comparison::Above, 0.0);
        let summary = format!("Connections to {{{{ $labels.{} }}}} cannot be opened", names.db);
        Ok(Alert::new("DatabaseConnectionErrors", condition, summary)
            .after_minutes(1)
            .critical()
            .describe("About {{ $value | humanize }} connections could not be opened within five minutes."))
    };
    alerts([errors(), connections()])
}
