//! Requests that are served: rate, errors, duration.

use super::layer::{FIVE_MINUTES, Layer, Scope, alerts, always, reachable, row};
use crate::{Alert, Comparison, Panel, PanelKind, PanelUnit, Query, QueryError, Row, Selector, Window};

pub(super) const LAYER: Layer = Layer {
    slug: "http",
    title: "HTTP",
    signs: &["http_requests_total", "django_http_responses_total_by_status_total"],
    stems: &["http_", "grpc_", "django_http_"],
    rows,
    alerts: wake,
    wanted: always,
};

/// The names of families and labels, which differ between tallymark and django-prometheus.
struct Names {
    /// Requests, and the label that holds the status.
    requests: &'static str,
    /// The family of all requests, and the label of the method.
    rate: (&'static str, &'static str),
    by_route: &'static str,
    route: &'static str,
    duration: &'static str,
    duration_by_route: &'static str,
    exceptions: (&'static str, &'static str),
}

const STANDARD: Names = Names {
    requests: "http_requests_total",
    rate: ("http_requests_total", "method"),
    by_route: "http_requests_total",
    route: "route",
    duration: "http_request_duration_seconds",
    duration_by_route: "http_request_duration_seconds",
    exceptions: ("http_exceptions_total", "error"),
};

const DJANGO: Names = Names {
    requests: "django_http_responses_total_by_status_total",
    rate: ("django_http_requests_total_by_method_total", "method"),
    by_route: "django_http_responses_total_by_status_view_method_total",
    route: "view",
    duration: "django_http_requests_latency_including_middlewares_seconds",
    duration_by_route: "django_http_requests_latency_seconds_by_view_method",
    exceptions: ("django_http_exceptions_total_by_type_total", "type"),
};

fn names(scope: &Scope<'_>) -> &'static Names {
    if scope.all(STANDARD.requests).is_ok() { &STANDARD } else { &DJANGO }
}

/// Selects responses with a status of 500 or above.
fn failed(all: Selector) -> Result<Selector, QueryError> {
    all.matching("status", "5..")
}

pub(super) fn request_rate(scope: &Scope<'_>) -> Result<Panel, QueryError> {
    let query = scope.all(names(scope).rate.0)?.rate(Window::Panel)?.sum();
    Ok(Panel::new("Request rate", PanelKind::Lines, PanelUnit::RequestsPerSecond).query("requests", query))
}

fn error_query(scope: &Scope<'_>, window: Window) -> Result<Query, QueryError> {
    let all = scope.all(names(scope).requests)?;
    failed(all.clone())?.rate(window)?.sum().part_of(all.rate(window)?.sum())
}

pub(super) fn error_ratio(scope: &Scope<'_>) -> Result<Panel, QueryError> {
    let panel = Panel::new("Error rate", PanelKind::Lines, PanelUnit::Ratio)
        .query("5xx", error_query(scope, Window::Panel)?)
        .describe("The part of all responses that has a status of 500 or above.");
    Ok(panel.warn_from(0.005).bad_from(0.01))
}

pub(super) fn latency(scope: &Scope<'_>) -> Result<Panel, QueryError> {
    let all = scope.all(names(scope).duration)?;
    let mut panel = Panel::new("Latency", PanelKind::Lines, PanelUnit::Seconds);
    for (quantile, legend) in [(0.5, "p50"), (0.95, "p95"), (0.99, "p99")] {
        panel = panel.query(legend, all.quantile(quantile, Window::Panel, &[])?);
    }
    Ok(panel)
}

pub(super) fn by_status(scope: &Scope<'_>) -> Result<Panel, QueryError> {
    let query = scope.all(names(scope).requests)?.rate(Window::Panel)?.sum_by(&["status"])?;
    Ok(Panel::new("Requests by status", PanelKind::Stacked, PanelUnit::RequestsPerSecond)
        .query("{{status}}", query))
}

fn rows(scope: &Scope<'_>) -> Vec<Row> {
    let names = names(scope);
    let route_legend = format!("{{{{{}}}}}", names.route);
    let by_route = || {
        let query = scope.all(names.by_route)?.rate(Window::Panel)?.sum_by(&[names.route])?;
        Ok(Panel::new("Requests by route", PanelKind::Lines, PanelUnit::RequestsPerSecond)
            .query(route_legend.as_str(), query))
    };
    let by_method = || {
        let (family, label) = names.rate;
        let query = scope.all(family)?.rate(Window::Panel)?.sum_by(&[label])?;
        Ok(Panel::new("Requests by method", PanelKind::Stacked, PanelUnit::RequestsPerSecond)
            .query("{{method}}", query))
    };
    let errors_by_route = || {
        let all = scope.all(names.by_route)?;
        let part = failed(all.clone())?.rate(Window::Panel)?.sum_by(&[names.route])?;
        let query = part.part_of(all.rate(Window::Panel)?.sum_by(&[names.route])?)?;
        Ok(Panel::new("Error rate by route", PanelKind::Lines, PanelUnit::Ratio)
            .query(route_legend.as_str(), query)
            .bad_from(0.01))
    };
    let exceptions = || {
        let (family, label) = names.exceptions;
        let query = scope.all(family)?.rate(Window::Panel)?.sum_by(&[label])?;
        Ok(Panel::new("Errors by kind", PanelKind::Stacked, PanelUnit::PerSecond)
            .query(format!("{{{{{label}}}}}"), query))
    };
    let cancelled = || {
        let query = scope.all("http_requests_cancelled_total")?.rate(Window::Panel)?.sum_by(&["route"])?;
        Ok(Panel::new("Requests given up", PanelKind::Lines, PanelUnit::RequestsPerSecond)
            .query("{{route}}", query))
    };
    let latency_by_route = || {
        let query = scope.all(names.duration_by_route)?.quantile(0.95, Window::Panel, &[names.route])?;
        Ok(Panel::new("p95 by route", PanelKind::Lines, PanelUnit::Seconds)
            .query(route_legend.as_str(), query))
    };
    let heatmap = || {
        let query = scope.all(names.duration)?.heatmap(Window::Panel)?;
        Ok(Panel::new("Latency, all requests", PanelKind::Heatmap, PanelUnit::Seconds).query("{{le}}", query))
    };
    let middleware = || {
        let handler = scope.all("http_handler_duration_seconds")?.mean(Window::Panel, &[])?;
        let request = scope.all("http_request_duration_seconds")?.mean(Window::Panel, &[])?;
        Ok(Panel::new("Mean time, with and without middleware", PanelKind::Lines, PanelUnit::Seconds)
            .query("with middleware", request)
            .query("handler", handler))
    };
    let in_flight = || {
        let query = scope.all("http_requests_in_flight")?.value()?.sum();
        Ok(Panel::new("Requests in flight", PanelKind::Lines, PanelUnit::Count).query("in flight", query))
    };
    let statements = || {
        let all = scope.all("http_request_db_queries")?;
        Ok(Panel::new("Statements of a request", PanelKind::Lines, PanelUnit::Count)
            .query("mean", all.mean(Window::Panel, &[])?)
            .query("p95", all.quantile(0.95, Window::Panel, &[])?))
    };
    let bodies = || {
        let p95 = |name| scope.all(name)?.quantile(0.95, Window::Panel, &[]);
        Ok(Panel::new("p95 of body sizes", PanelKind::Lines, PanelUnit::Bytes)
            .query("requests", p95("http_request_body_bytes")?)
            .query("responses", p95("http_response_body_bytes")?))
    };
    vec![
        row("Rate", [request_rate(scope), by_status(scope), by_route(), by_method()]),
        row("Errors", [error_ratio(scope), errors_by_route(), exceptions(), cancelled()]),
        row("Duration", [latency(scope), latency_by_route(), heatmap(), middleware()]),
        row("Saturation", [in_flight(), statements(), bodies()]),
    ]
}

fn wake(scope: &Scope<'_>) -> Vec<Alert> {
    let names = names(scope);
    let errors = || {
        // With little traffic, a single failure is a high proportion.
        let traffic = scope.all(names.requests)?.rate(FIVE_MINUTES)?.sum().compared(Comparison::Above, 0.05);
        let condition = error_query(scope, FIVE_MINUTES)?.compared(Comparison::Above, 0.01).and(traffic)?;
        Ok(Alert::new("HighErrorRate", condition, "More than 1 % of all responses are errors of the server")
            .after_minutes(2)
            .critical()
            .describe(
                "{{ $value | humanizePercentage }} of the responses of {{ $labels.job }} have a status of 500 or above.",
            ))
    };
    let slow = || {
        let all = scope.all(names.duration)?;
        let limit = reachable(&all, 2.0);
        let condition = all.quantile(0.95, FIVE_MINUTES, &[])?.compared(Comparison::Above, limit);
        Ok(Alert::new("HighLatency", condition, format!("One request in twenty takes longer than {limit} s"))
            .after_minutes(5)
            .describe("The 95th percentile of {{ $labels.job }} is {{ $value | humanizeDuration }}."))
    };
    alerts([errors(), slow()])
}
