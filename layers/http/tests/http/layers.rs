//! A request is counted once, however many layers it passes and wherever they are.

use std::{convert::Infallible, future::ready};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use tallymark_http::{HttpMetrics, builder};
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn, util::BoxCloneService};

use crate::common::{assert_value, request, sum};

type Handler = BoxCloneService<Request<Full<Bytes>>, Response<Full<Bytes>>, Infallible>;

fn handler() -> Handler {
    let hi = |_: Request<_>| ready(Ok::<_, Infallible>(Response::new(Full::from("hi"))));
    BoxCloneService::new(service_fn(hi))
}

fn outer(namespace: &str) -> HttpMetrics {
    builder().namespace(namespace).build().expect("good settings")
}

/// As that of a router that is further in and knows the routes.
fn inner(namespace: &str) -> HttpMetrics {
    let routes = builder().namespace(namespace).route_by(|_| Some("/orders/{id}"));
    routes.build().expect("the families of the outer one")
}

async fn send<S, B, E>(service: S)
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>, Error = E>,
    B: Body<Error: std::fmt::Debug>,
    E: std::fmt::Debug,
{
    let response = service.oneshot(request("GET", "/orders/7")).await.expect("a response");
    response.into_body().collect().await.expect("a body");
}

/// Each family that counts requests, once, under the route that the inner layer knows.
fn assert_counted_once(space: &str) {
    let route = "/orders/{id}";
    assert_value!(space, "http_requests_received_total", {transport: "http"}, 1);
    assert_value!(space, "http_requests_total", {method: "GET", route: route, status: "200"}, 1);
    assert_value!(space, "http_request_duration_seconds", {method: "GET", route: route}, 1);
    assert_value!(space, "http_response_body_bytes", {}, 1);
    assert!(sum(space, "http_requests_total") == 1.0);
    assert!(sum(space, "http_requests_in_flight") == 0.0);
    for nothing in ["http_requests_cancelled_total", "http_response_bodies_dropped_total"] {
        assert!(sum(space, nothing) == 0.0, "{nothing}");
    }
}

#[tokio::test]
async fn two_layers_of_one_namespace_count_once_and_the_inner_one_knows_the_route() {
    let space = "layers_two";
    let within = inner(space).layer().keep_request_body().layer(handler());
    send(outer(space).layer().keep_request_body().layer(within)).await;
    assert_counted_once(space);
    assert_value!(space, "http_request_body_bytes", {}, 1);
}

#[tokio::test]
async fn layers_of_another_namespace_in_between_count_for_themselves() {
    let (space, other) = ("layers_around", "layers_between");
    let within = inner(space).layer().keep_request_body().layer(handler());
    let between = outer(other).layer().keep_request_body().layer(within);
    send(outer(space).layer().keep_request_body().layer(between)).await;
    assert_counted_once(space);
    assert_value!(other, "http_requests_total", {method: "GET", route: "unmatched", status: "200"}, 1);
}

#[tokio::test]
async fn a_queue_between_two_layers_changes_nothing() {
    let space = "layers_queue";
    let within = inner(space).layer().keep_request_body().layer(handler());
    let queued = ServiceBuilder::new().buffer(4).service(within);
    send(outer(space).layer().keep_request_body().layer(queued)).await;
    assert_counted_once(space);
}

#[tokio::test]
async fn a_layer_that_is_off_is_as_if_it_were_not_there() {
    let space = "layers_off";
    let off = builder().namespace(space).enabled(false).build().expect("good settings");
    let within = inner(space).layer().keep_request_body().layer(handler());
    let between = off.layer().keep_request_body().layer(within);
    send(outer(space).layer().keep_request_body().layer(between)).await;
    assert_counted_once(space);

    let alone = "layers_off_outside";
    let off = builder().namespace(alone).enabled(false).build().expect("good settings");
    let within = inner(alone).layer().keep_request_body().layer(handler());
    send(off.layer().keep_request_body().layer(within)).await;
    assert_counted_once(alone);
}

#[tokio::test]
async fn of_two_layers_at_handlers_the_closer_one_observes() {
    let space = "layers_handlers";
    let (outer, inner) = (outer(space), inner(space));
    let within = inner.handler_layer().layer(handler());
    let middle = service_fn(move |request: Request<Full<Bytes>>| {
        let within = within.clone();
        async move {
            tokio::task::yield_now().await;
            within.oneshot(request).await
        }
    });
    let around = outer.handler_layer().layer(middle);
    send(outer.layer().keep_request_body().layer(around)).await;
    assert_counted_once(space);
    assert_value!(space, "http_handler_duration_seconds", {method: "GET", route: "/orders/{id}"}, 1);
    assert!(sum(space, "http_handler_duration_seconds") == 1.0);
}

#[tokio::test]
async fn the_order_of_the_two_kinds_of_layers_does_not_matter() {
    let space = "layers_order";
    let metrics = inner(space);
    let within = metrics.layer().keep_request_body().layer(handler());
    send(metrics.handler_layer().layer(within)).await;
    assert_counted_once(space);
    assert_value!(space, "http_handler_duration_seconds", {method: "GET", route: "/orders/{id}"}, 1);
}

#[tokio::test]
async fn a_route_of_the_inner_layer_that_is_excluded_leaves_the_request_out() {
    let space = "layers_excluded";
    let excluding = builder().namespace(space).exclude(["/orders/{id}"]).build().expect("good settings");
    send(
        excluding
            .layer()
            .keep_request_body()
            .layer(inner(space).layer().keep_request_body().layer(handler())),
    )
    .await;
    for nothing in ["http_requests_total", "http_request_duration_seconds", "http_requests_in_flight"] {
        assert!(sum(space, nothing) == 0.0, "{nothing}");
    }

    // The other way round: whether nothing took it is not known before there is a response.
    let space = "layers_unmatched";
    let excluding = builder().namespace(space).exclude(["unmatched"]).build().expect("good settings");
    let around = excluding.layer().keep_request_body();
    send(around.layer(handler())).await;
    assert!(sum(space, "http_requests_total") == 0.0 && sum(space, "http_requests_received_total") == 0.0);
    send(around.layer(inner(space).layer().keep_request_body().layer(handler()))).await;
    assert_counted_once(space);
}

#[tokio::test]
async fn the_name_that_the_program_gives_a_route_is_the_last_word() {
    let space = "layers_named";
    let named = builder().namespace(space).route_by(|_| Some("/named")).build().expect("good settings");
    send(named.layer().keep_request_body().layer(inner(space).layer().keep_request_body().layer(handler())))
        .await;
    assert_value!(space, "http_requests_total", {method: "GET", route: "/named", status: "200"}, 1);
    assert!(sum(space, "http_requests_total") == 1.0);
}
