//! warp, whose filters are a tower service and show nobody which of them took a request.

use tower::Layer;
use warp::Filter;

use crate::{
    common::{assert_value, sum, until},
    server::Server,
};

#[tokio::test]
async fn what_clients_saw_is_what_was_counted() {
    let space = "warp_counts";
    let item = warp::path!("items" / u32).map(|id| format!("item {id}"));
    let echo = warp::path!("echo")
        .and(warp::post())
        .and(warp::body::bytes())
        .map(|body: bytes::Bytes| body.to_vec());
    let metrics = tallymark_http::builder()
        .namespace(space)
        .routes(["/echo"])
        .route_by(|request| request.uri.path().starts_with("/items/").then_some("/items/{id}"))
        .build()
        .expect("good settings");
    let server = Server::bare(metrics.layer().layer(warp::service(item.or(echo)))).await;

    for id in 1..=3 {
        assert!(server.ask("GET", &format!("/items/{id}"), "").await.ends_with(&format!("item {id}")));
    }
    assert!(server.ask("GET", "/items/none", "").await.starts_with("HTTP/1.1 404 "));
    assert!(server.ask("POST", "/echo", "words").await.ends_with("\r\n\r\nwords"));
    assert!(server.ask("GET", "/echo", "").await.starts_with("HTTP/1.1 405 "));
    assert!(server.ask("GET", "/nowhere", "").await.starts_with("HTTP/1.1 404 "));
    until(|| sum(space, "http_requests_in_flight") == 0.0).await;
    assert_value!(space, "http_requests_total", {method: "GET", route: "/items/{id}", status: "200"}, 3);
    assert_value!(space, "http_requests_total", {method: "GET", route: "/items/{id}", status: "404"}, 1);
    assert_value!(space, "http_requests_total", {method: "POST", route: "/echo", status: "200"}, 1);
    assert_value!(space, "http_requests_total", {method: "GET", route: "/echo", status: "405"}, 1);
    assert_value!(space, "http_requests_total", {method: "GET", route: "unmatched", status: "404"}, 1);
    assert_value!(space, "http_request_body_bytes_sum", {}, 5);
    assert!(sum(space, "http_requests_total") == 7.0);
    assert!(sum(space, "http_response_bodies_dropped_total") == 0.0);
}
