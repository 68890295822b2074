//! Routers in routers, services in routers, and layers around them: a request is counted once, by the route that took it.

use std::convert::Infallible;

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
    response::IntoResponse,
    routing::get,
};
use tallymark_axum::{Install, layer};
use tower::{Layer, ServiceBuilder, service_fn};
use tower_http::{normalize_path::NormalizePathLayer, services::ServeDir};

use crate::{
    common::{assert_value, sum, until},
    serve,
    server::Server,
};

fn install(namespace: &str) -> Install {
    Install::new(tallymark_axum::builder().namespace(namespace).build().expect("good settings"))
        .without_route()
}

async fn settled(space: &str) {
    until(|| sum(space, "http_requests_in_flight") == 0.0).await;
}

#[tokio::test]
async fn a_measured_router_nested_in_a_measured_one_counts_once() {
    let space = "nested_twice";
    let inner = || Router::new().route("/orders/{id}", get(async || "an order"));
    let inner = install(space).around(inner(), |routes| routes);
    let outer = Router::new().nest("/shops/{shop}", inner).route("/", get(async || "home"));
    let server = serve(install(space).around(outer, |routes| routes)).await;
    for path in ["/shops/1/orders/7", "/shops/2/orders/8", "/"] {
        assert!(server.ask("GET", path, "").await.starts_with("HTTP/1.1 200 "), "{path}");
    }
    assert!(server.ask("GET", "/shops/1/nowhere", "").await.starts_with("HTTP/1.1 404 "));
    settled(space).await;
    let template = "/shops/{shop}/orders/{id}";
    assert_value!(space, "http_requests_total", {method: "GET", route: template, status: "200"}, 2);
    assert_value!(space, "http_handler_duration_seconds", {method: "GET", route: template}, 2);
    assert_value!(space, "http_requests_received_total", {transport: "http"}, 4);
    assert_value!(space, "http_request_body_bytes", {}, 4);
    assert_value!(space, "http_response_body_bytes", {}, 4);
    assert!(sum(space, "http_requests_total") == 4.0 && sum(space, "http_request_duration_seconds") == 4.0);
    assert!(sum(space, "http_handler_duration_seconds") == 4.0);
}

#[tokio::test]
async fn one_line_in_a_router_and_one_in_the_router_around_it_count_once() {
    use tallymark_axum::RouterExt;

    let inner =
        Router::new().route("/lines/{id}", get(async || "a line")).with_metrics().expect("free names");
    let server = serve(Router::new().nest("/nested", inner).with_metrics().expect("free names")).await;
    assert!(server.ask("GET", "/nested/lines/1", "").await.starts_with("HTTP/1.1 200 "));
    // As a scraper of either would see it.
    for path in ["/metrics", "/nested/metrics"] {
        let text = server.ask("GET", path, "").await;
        let line = "\nhttp_requests_total{method=\"GET\",route=\"/nested/lines/{id}\",status=\"200\"} 1\n";
        assert!(text.contains(line), "{text}");
    }
}

#[tokio::test]
async fn a_nested_service_that_is_measured_tells_its_route() {
    let space = "nested_service";
    // axum keeps the template of a nested service from the layer around it.
    let inner = || Router::new().route("/orders/{id}", get(async || "an order"));
    let app = Router::new()
        .nest_service("/measured", install(space).on(inner()))
        .nest_service("/plain", inner())
        .route_service(
            "/any/{*rest}",
            service_fn(async |_: Request<Body>| Ok::<_, Infallible>("any".into_response())),
        );
    let server = serve(install(space).on(app)).await;
    for path in ["/measured/orders/7", "/plain/orders/7", "/any/thing/at/all"] {
        assert!(server.ask("GET", path, "").await.starts_with("HTTP/1.1 200 "), "{path}");
    }
    settled(space).await;
    assert_value!(space, "http_requests_total", {method: "GET", route: "/measured/orders/{id}", status: "200"}, 1);
    assert_value!(space, "http_requests_total", {method: "GET", route: "unmatched", status: "200"}, 1);
    assert_value!(space, "http_requests_total", {method: "GET", route: "/any/{*rest}", status: "200"}, 1);
    assert!(sum(space, "http_requests_total") == 3.0);
}

#[tokio::test]
async fn a_layer_around_the_router_learns_the_route_when_the_response_is_there() {
    let space = "nested_around";
    let metrics = tallymark_axum::builder().namespace(space).build().expect("good settings");
    let routes = Router::new().route("/orders/{id}", get(async || "an order"));
    let measured = install(space).around(routes, |routes| routes);
    // What rewrites the path is between the two, as its documentation says.
    let normalized = NormalizePathLayer::trim_trailing_slash().layer(measured);
    let service = ServiceBuilder::new().layer(metrics.layer().keep_request_body()).service(normalized);
    let to_axum = tower::util::MapRequest::new(service, |request: Request<hyper::body::Incoming>| {
        request.map(Body::new)
    });
    let server = Server::bare(to_axum).await;
    for path in ["/orders/7", "/orders/7/"] {
        assert!(server.ask("GET", path, "").await.starts_with("HTTP/1.1 200 "), "{path}");
    }
    settled(space).await;
    assert_value!(space, "http_requests_total", {method: "GET", route: "/orders/{id}", status: "200"}, 2);
    assert_value!(space, "http_handler_duration_seconds", {method: "GET", route: "/orders/{id}"}, 2);
    assert!(sum(space, "http_requests_total") == 2.0);
}

#[tokio::test]
async fn fallbacks_and_wrong_methods_are_handlers_and_requests() {
    let space = "nested_fallbacks";
    let inner = Router::new()
        .route("/orders", get(async || "orders"))
        .fallback(async || (StatusCode::NOT_FOUND, "no such order"));
    let routes = Router::new()
        .nest("/shop", inner)
        .route("/", get(async || "home"))
        .method_not_allowed_fallback(async || (StatusCode::METHOD_NOT_ALLOWED, "only GET"))
        .fallback(async || (StatusCode::NOT_FOUND, "nothing here"));
    let server = serve(install(space).around(routes, |routes| routes)).await;
    assert!(server.ask("GET", "/shop/nothing", "").await.ends_with("no such order"));
    assert!(server.ask("GET", "/nothing", "").await.ends_with("nothing here"));
    assert!(server.ask("PUT", "/", "").await.ends_with("only GET"));
    settled(space).await;
    assert_value!(space, "http_requests_total", {method: "GET", route: "unmatched", status: "404"}, 2);
    assert_value!(space, "http_handler_duration_seconds", {method: "GET", route: "unmatched"}, 2);
    assert_value!(space, "http_requests_total", {method: "PUT", route: "/", status: "405"}, 1);
    assert_value!(space, "http_handler_duration_seconds", {method: "PUT", route: "/"}, 1);
}

#[tokio::test]
async fn files_are_bodies_of_a_known_length() {
    let space = "nested_files";
    let directory = std::env::temp_dir().join(format!("tallymark-files-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("a directory");
    let content = "x".repeat(300_000);
    std::fs::write(directory.join("page.txt"), &content).expect("a file");
    let app = Router::new()
        .nest_service("/files", ServeDir::new(&directory))
        .fallback_service(ServeDir::new(&directory));
    let server = serve(install(space).on(app)).await;
    for path in ["/files/page.txt", "/page.txt"] {
        assert!(server.ask("GET", path, "").await.ends_with(&content), "{path}");
    }
    assert!(server.ask("HEAD", "/files/page.txt", "").await.contains("content-length: 300000\r\n"));
    settled(space).await;
    std::fs::remove_dir_all(&directory).expect("it is there");
    assert!(sum(space, "http_requests_total") == 3.0);
    assert!(sum(space, "http_streaming_responses_total") == 0.0);
    assert!(sum(space, "http_response_bodies_dropped_total") == 0.0);
    assert_value!(space, "http_response_body_bytes_sum", {}, 600_000);
}

#[tokio::test]
async fn a_layer_of_a_route_and_one_of_the_router_count_once() {
    let space = "nested_method_router";
    let metrics = tallymark_axum::builder().namespace(space).build().expect("good settings");
    let app = Router::new().route("/orders/{id}", get(async || "an order").layer(layer(metrics)));
    let server = serve(app.layer(layer(metrics))).await;
    assert!(server.ask("GET", "/orders/7", "").await.starts_with("HTTP/1.1 200 "));
    settled(space).await;
    assert!(sum(space, "http_requests_total") == 1.0 && sum(space, "http_response_body_bytes") == 1.0);
}
