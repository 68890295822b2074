//! Layers of an axum router, which shows them the template of the route.

use ::axum::{Router, routing::get};
use tallymark_axum::Install;
use tallymark_benches::harness::contender::{Built, Contender, unchecked};
use tower_layer::Identity;

use super::{
    layer::{self, nothing, upkeep},
    request::{ANSWER, row},
};

pub const ALONE: &str = "(the router, not measured)";

const TEMPLATE: &str = "/orders/{id}";
const PATH: &str = "/orders/7";

pub fn contenders() -> Vec<Contender> {
    vec![
        Contender::ours("tallymark", || {
            let metrics = layer::ours("bench_axum", &[]);
            ours(move || Install::new(metrics).without_route().on(router()), "bench_axum")
        }),
        Contender::ours("tallymark, the layer for any service", || {
            let layer = layer::ours("bench_axum_any", &[]).layer();
            ours(move || router().layer(layer), "bench_axum_any")
        }),
        Contender::ours("tallymark, request bodies as declared", || {
            let layer = layer::ours("bench_axum_declared", &[]).layer().keep_request_body();
            ours(move || router().layer(layer), "bench_axum_declared")
        }),
        Contender::ours("tallymark, handlers measured as well", || {
            let metrics = layer::ours("bench_axum_handlers", &[]);
            let make = move || Install::new(metrics).without_route().around(router(), |routes| routes);
            ours(make, "bench_axum_handlers")
        }),
        Contender::peer(layer::AXUM_PROMETHEUS, || {
            let layer = layer::axum_prometheus();
            let make = move || ready(router().layer(layer.clone()));
            row(PATH, make, upkeep, layer::axum_prometheus_counted)
        }),
        Contender::peer(layer::AXUM_METRICS, || {
            let layer = layer::axum_metrics();
            let make = move || ready(router().layer(layer.clone()));
            row(PATH, make, upkeep, layer::axum_metrics_counted)
        }),
        Contender::peer(layer::OPENTELEMETRY, || {
            let (layer, registry) = layer::opentelemetry_for_axum();
            let check = move |done: &_| layer::opentelemetry_counted(done, &registry);
            row(PATH, move || ready(router().layer(layer.clone())), nothing, check)
        }),
        Contender::limit("(the router with a layer that does nothing)", || {
            row(PATH, || ready(router().layer(Identity::new())), nothing, unchecked)
        }),
        Contender::limit(ALONE, || row(PATH, || ready(router()), nothing, unchecked)),
    ]
}

fn router() -> Router {
    Router::new().route(TEMPLATE, get(async || ANSWER))
}

/// Puts the layers around the routes now, as `axum::serve` does, and not for each request.
fn ready(router: Router) -> Router {
    router.with_state(())
}

fn ours(make: impl Fn() -> Router + Send + Sync + 'static, namespace: &'static str) -> Built {
    let check = move |done: &_| layer::ours_counted(done, namespace, TEMPLATE);
    row(PATH, move || ready(make()), nothing, check)
}
