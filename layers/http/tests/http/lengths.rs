//! Lengths that a head declares, and bodies that are at their end without being asked.

use std::convert::Infallible;

use bytes::Bytes;
use http::{Request, Response, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use tallymark_http::RequestBody;
use tower::{Layer, ServiceExt, service_fn};

use crate::{
    common::{Pieces, assert_value, boxed, sum, until},
    server::Server,
};

/// Ten bytes in two pieces, whose number the body does not tell.
fn stream(length: Option<&str>) -> Response<Pieces> {
    let mut response = Response::new(Pieces::of(2));
    if let Some(length) = length {
        response.headers_mut().insert(header::CONTENT_LENGTH, length.parse().expect("a value"));
    }
    response
}

fn metrics(namespace: &str) -> tallymark_http::HttpMetrics {
    tallymark_http::builder()
        .namespace(namespace)
        .routes(["/file", "/stream"])
        .build()
        .expect("good settings")
}

#[tokio::test]
async fn a_length_that_the_head_declares_is_known() {
    let space = "lengths_declared";
    let handler = service_fn(async |request: Request<RequestBody<Incoming>>| {
        Ok::<_, Infallible>(stream((request.uri().path() == "/file").then_some("10")))
    });
    let server = Server::bare(metrics(space).layer().layer(handler)).await;
    for _ in 0..3 {
        let response = server.ask("GET", "/file", "").await;
        assert!(response.ends_with("\r\n\r\npiecepiece"), "{response}");
    }
    until(|| sum(space, "http_requests_in_flight") == 0.0).await;
    // The server asks for ten bytes, and never for the end of the body.
    assert!(sum(space, "http_streaming_responses_total") == 0.0);
    assert!(sum(space, "http_response_bodies_dropped_total") == 0.0);
    assert_value!(space, "http_response_body_bytes_sum", {}, 30);

    assert!(server.ask("GET", "/stream", "").await.contains("transfer-encoding: chunked\r\n"));
    until(|| sum(space, "http_requests_in_flight") == 0.0).await;
    assert_value!(space, "http_streaming_responses_total", {method: "GET", route: "/stream"}, 1);
    assert!(sum(space, "http_response_bodies_dropped_total") == 0.0);
}

#[tokio::test]
async fn a_declared_length_that_was_not_reached_is_a_dropped_body() {
    let space = "lengths_short";
    let service =
        metrics(space).layer().layer(service_fn(async |request: Request<RequestBody<Full<Bytes>>>| {
            // What is no length is as if it were not there.
            let length = if request.uri().path() == "/file" { "15" } else { "+10" };
            Ok::<_, Infallible>(stream(Some(length)))
        }));
    let get = |path| service.clone().oneshot(crate::common::request("GET", path));
    let mut body = get("/file").await.expect("a response").into_body();
    body.frame().await.expect("a piece").expect("it never fails");
    drop(body);
    assert_value!(space, "http_response_bodies_dropped_total", {method: "GET", route: "/file"}, 1);
    assert!(sum(space, "http_streaming_responses_total") == 0.0);
    get("/stream").await.expect("a response").into_body().collect().await.expect("it never fails");
    assert_value!(space, "http_streaming_responses_total", {method: "GET", route: "/stream"}, 1);
}

#[tokio::test]
async fn a_request_declares_its_length_too() {
    let space = "lengths_request";
    let service = metrics(space).layer().keep_request_body().layer(service_fn(async |_: Request<Pieces>| {
        Ok::<_, Infallible>(Response::new(boxed(Full::from("hi"))))
    }));
    for length in ["10", "no number"] {
        let request = Request::post("/file").header(header::CONTENT_LENGTH, length).body(Pieces::of(2));
        service.clone().oneshot(request.expect("a request")).await.expect("a response");
    }
    assert_value!(space, "http_request_body_bytes", {}, 2);
    assert_value!(space, "http_request_body_bytes_sum", {}, 10);
}
