//! The layers, each with what it says it counted.
//!
//! They do not all do the same. axum-prometheus counts requests and durations and has a gauge of requests pending.
//! axum-metrics has these as well, durations to the end of the body, and the sizes of bodies as they went by. opentelemetry's has durations, requests that are active, and the sizes that `Content-Length` and the response's body
//! announce; spans are off. tallymark's has all of these, the sizes of bodies as they went by, how requests arrived and what became
//! of them.

use axum_metrics::MetricLayer;
use axum_prometheus::PrometheusMetricLayer;
use opentelemetry::global;
use opentelemetry_instrumentation_tower::http::server::{Layer as OpenTelemetry, LayerBuilder};
use tallymark::registry;
use tallymark_axum::HttpMetrics;
use tallymark_benches::{harness::contender::Done, input::INPUTS, peer};

pub const AXUM_METRICS: &str = "axum-metrics (on metrics), upkeep counted";
pub const AXUM_PROMETHEUS: &str = "axum-prometheus (on metrics), upkeep counted";
pub const OPENTELEMETRY: &str = "opentelemetry-instrumentation-tower";

/// Nothing is left to be done after a request.
pub fn nothing(_: usize) {}

/// tallymark's layers, which know these paths as routes.
pub fn ours(namespace: &str, paths: &[&'static str]) -> HttpMetrics {
    let builder = tallymark_axum::builder().namespace(namespace).routes(paths.iter().copied());
    builder.build().expect("the names are free")
}

/// Whether tallymark counted each request.
pub fn ours_counted(done: &Done, namespace: &str, route: &str) -> Result<(), String> {
    let name = format!("{namespace}_http_requests_total");
    let labels = [("method", "GET"), ("route", route), ("status", "200")];
    done.count(registry::snapshot().counter(&name, &labels).unwrap_or(0))
}

/// axum-prometheus' layer, with the recorder that all of `metrics` has here.
pub fn axum_prometheus() -> PrometheusMetricLayer<'static> {
    peer::metrics::recorder();
    PrometheusMetricLayer::new()
}

/// axum-metrics' layer, with the same recorder.
pub fn axum_metrics() -> MetricLayer {
    peer::metrics::recorder();
    MetricLayer::default()
}

/// Whether axum-metrics counted each request.
pub fn axum_metrics_counted(done: &Done) -> Result<(), String> {
    done.count(peer::metrics::rendered("http_requests_total") as u64)
}

/// Sorts what histograms have kept into buckets, now and then; without it they keep all of it.
pub fn upkeep(i: usize) {
    if i.is_multiple_of(INPUTS) {
        peer::metrics::recorder().run_upkeep();
    }
}

/// Whether axum-prometheus counted each request.
pub fn axum_prometheus_counted(done: &Done) -> Result<(), String> {
    done.count(peer::metrics::rendered(axum_prometheus::AXUM_HTTP_REQUESTS_TOTAL) as u64)
}

/// A builder of opentelemetry's layer, without the spans that it makes as well; and the registry it exports to.
pub fn opentelemetry() -> (LayerBuilder, prometheus::Registry) {
    let (provider, _, registry) = peer::opentelemetry::provider(100);
    global::set_meter_provider(provider);
    (LayerBuilder::builder().with_tracing(false), registry)
}

/// The layer with the settings that most will have: the route is axum's template.
pub fn opentelemetry_for_axum() -> (OpenTelemetry, prometheus::Registry) {
    let (builder, registry) = opentelemetry();
    (builder.build().expect("valid settings"), registry)
}

/// Whether opentelemetry's layer observed the duration of each request.
pub fn opentelemetry_counted(done: &Done, registry: &prometheus::Registry) -> Result<(), String> {
    let text = peer::opentelemetry::text(registry);
    let counts = text.lines().filter(|line| line.starts_with("http_server_request_duration_seconds_count"));
    let values = counts.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok());
    done.count(values.sum::<f64>() as u64)
}
