//! Layers around a tower service that answers at once.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use opentelemetry_instrumentation_tower::http::extractors::PathExtractor;
use tallymark_benches::harness::contender::{Built, Contender, unchecked};
use tower_layer::Layer;
use tower_service::Service;

use super::{
    layer::{self, nothing, upkeep},
    request::{ANSWER, row},
};

pub const ALONE: &str = "(the service, not measured)";

/// Nobody shows the layers a template here, so the path is the route.
const PATH: &str = "/orders";

pub fn contenders() -> Vec<Contender> {
    vec![
        Contender::ours("tallymark", || {
            let layer = layer::ours("bench_service", &[PATH]).layer();
            ours(move || layer.layer(Hello), "bench_service")
        }),
        Contender::ours("tallymark, request bodies as declared", || {
            let layer = layer::ours("bench_declared", &[PATH]).layer().keep_request_body();
            ours(move || layer.layer(Hello), "bench_declared")
        }),
        Contender::peer(layer::AXUM_PROMETHEUS, || {
            let layer = layer::axum_prometheus();
            row(PATH, move || layer.layer(Hello), upkeep, layer::axum_prometheus_counted)
        }),
        Contender::peer(layer::AXUM_METRICS, || {
            let layer = layer::axum_metrics();
            row(PATH, move || layer.layer(Hello), upkeep, layer::axum_metrics_counted)
        }),
        Contender::peer(layer::OPENTELEMETRY, || {
            let (builder, registry) = layer::opentelemetry();
            let layer = builder.with_route_extractor(PathExtractor).build().expect("valid settings");
            let check = move |done: &_| layer::opentelemetry_counted(done, &registry);
            row(PATH, move || layer.layer(Hello), nothing, check)
        }),
        Contender::limit(ALONE, || row(PATH, || Hello, nothing, unchecked)),
    ]
}

fn ours<S, B>(make: impl Fn() -> S + Send + Sync + 'static, namespace: &'static str) -> Built
where
    S: Service<Request<axum::body::Body>, Response = Response<B>, Error = Infallible> + 'static,
    B: http_body::Body,
{
    row(PATH, make, nothing, move |done| layer::ours_counted(done, namespace, PATH))
}

/// Answers everything alike.
#[derive(Clone)]
struct Hello;

impl<B> Service<Request<B>> for Hello {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<B>) -> Self::Future {
        ready(Ok(Response::new(Full::from(Bytes::from_static(ANSWER.as_bytes())))))
    }
}
