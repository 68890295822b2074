//! Requests that the program sends: rate, errors, duration, by host.

use super::layer::{FIVE_MINUTES, Layer, Scope, alerts, always, reachable, row};
use crate::{Alert, Comparison, Panel, PanelKind, PanelUnit, Query, QueryError, Row, Window};

pub(super) const LAYER: Layer = Layer {
    slug: "outgoing-http",
    title: "Outgoing HTTP",
    signs: &[REQUESTS, DURATION],
    stems: &["http_client_"],
    rows,
    alerts: wake,
    wanted: always,
};

const REQUESTS: &str = "http_client_requests_total";
const DURATION: &str = "http_client_request_duration_seconds";

/// Returns the part of requests, by these labels, that got no response or one with a status of 500 or above.
fn error_ratio(scope: &Scope<'_>, by: &[&str], window: Window) -> Result<Query, QueryError> {
    let all = scope.all(REQUESTS)?;
    let failed = all.clone().matching("status", "none|5..")?;
    failed.rate(window)?.sum_by(by)?.part_of(all.rate(window)?.sum_by(by)?)
}

/// Returns a panel of the rate of requests by a label.
fn rate(scope: &Scope<'_>, title: &str, kind: PanelKind, label: &str) -> Result<Panel, QueryError> {
    let query = scope.all(REQUESTS)?.rate(Window::Panel)?.sum_by(&[label])?;
    Ok(Panel::new(title, kind, PanelUnit::RequestsPerSecond).query(format!("{{{{{label}}}}}"), query))
}

fn rows(scope: &Scope<'_>) -> Vec<Row> {
    let errors_by = |title: &str, by: &[&str], legend: &str| {
        let query = error_ratio(scope, by, Window::Panel)?;
        Ok(Panel::new(title, PanelKind::Lines, PanelUnit::Ratio)
            .query(legend, query)
            .describe("The part of all requests that got no response, or one with a status of 500 or above.")
            .bad_from(0.01))
    };
    let errors_by_kind = || {
        let query = scope.all("http_client_errors_total")?.rate(Window::Panel)?.sum_by(&["host", "error"])?;
        Ok(Panel::new("Requests without a response, by error", PanelKind::Stacked, PanelUnit::PerSecond)
            .query("{{host}} {{error}}", query))
    };
    let latency = || {
        let all = scope.all(DURATION)?;
        let mut panel = Panel::new("Latency of requests sent", PanelKind::Lines, PanelUnit::Seconds);
        for (quantile, legend) in [(0.5, "p50"), (0.95, "p95"), (0.99, "p99")] {
            panel = panel.query(legend, all.quantile(quantile, Window::Panel, &[])?);
        }
        Ok(panel)
    };
    let latency_by = |title: &str, by: &[&str], legend: &str| {
        let query = scope.all(DURATION)?.quantile(0.95, Window::Panel, by)?;
        Ok(Panel::new(title, PanelKind::Lines, PanelUnit::Seconds).query(legend, query))
    };
    let in_flight = || {
        let query = scope.all("http_client_requests_in_flight")?.value()?.sum_by(&["host"])?;
        Ok(Panel::new("Requests waiting for a response", PanelKind::Lines, PanelUnit::Count)
            .query("{{host}}", query))
    };
    vec![
        row(
            "Rate",
            [
                rate(scope, "Requests sent, by host", PanelKind::Stacked, "host"),
                rate(scope, "Requests sent, by route", PanelKind::Lines, "route"),
                rate(scope, "Requests sent, by status", PanelKind::Stacked, "status"),
            ],
        ),
        row(
            "Errors",
            [
                errors_by("Error rate by host", &["host"], "{{host}}"),
                errors_by("Error rate by host and route", &["host", "route"], "{{host}} {{route}}"),
                errors_by_kind(),
            ],
        ),
        row(
            "Duration",
            [
                latency(),
                latency_by("p95 by host", &["host"], "{{host}}"),
                latency_by("p95 by host and route", &["host", "route"], "{{host}} {{route}}"),
            ],
        ),
        row("Saturation", [in_flight()]),
    ]
}

fn wake(scope: &Scope<'_>) -> Vec<Alert> {
    let errors = || {
        // With little traffic, a single failure is a high proportion.
        let traffic = scope.all(REQUESTS)?.rate(FIVE_MINUTES)?.sum_by(&["host"])?;
        let condition = error_ratio(scope, &["host"], FIVE_MINUTES)?
            .compared(Comparison::Above, 0.05)
            .and(traffic.compared(Comparison::Above, 0.05))?;
        Ok(Alert::new("OutgoingErrorRate", condition, "More than 5 % of the requests to {{ $labels.host }} fail")
            .after_minutes(5)
            .describe(
                "{{ $value | humanizePercentage }} of the requests of {{ $labels.job }} to {{ $labels.host }} get no \
                 response, or one with a status of 500 or above.",
            ))
    };
    let slow = || {
        let all = scope.all(DURATION)?;
        let limit = reachable(&all, 2.0);
        let condition = all.quantile(0.95, FIVE_MINUTES, &["host"])?.compared(Comparison::Above, limit);
        Ok(Alert::new("OutgoingLatency", condition, "Requests to {{ $labels.host }} are slow")
            .after_minutes(5)
            .describe("One request in twenty takes longer than {{ $value | humanizeDuration }}."))
    };
    alerts([errors(), slow()])
}
