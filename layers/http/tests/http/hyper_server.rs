//! hyper itself, with the layer and a `match` on the path: what a service without a framework looks like.

use std::{convert::Infallible, future::pending};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use tallymark_http::RequestBody;
use tokio::io::AsyncWriteExt;
use tower::{Layer, service_fn};

use crate::{
    common::{assert_value, sum, until},
    server::Server,
};

async fn answer(request: Request<RequestBody<Incoming>>) -> Result<Response<Full<Bytes>>, Infallible> {
    let body = match (request.method(), request.uri().path()) {
        (&Method::GET, "/hello") => Bytes::from_static(b"hello"),
        (&Method::POST, "/echo") => request.into_body().collect().await.expect("a body").to_bytes(),
        (_, "/waits") => pending().await,
        _ => {
            let mut response = Response::new(Full::default());
            *response.status_mut() = StatusCode::NOT_FOUND;
            return Ok(response);
        }
    };
    Ok(Response::new(Full::new(body)))
}

async fn server(namespace: &str) -> Server {
    let metrics =
        tallymark_http::builder().namespace(namespace).routes(["/hello", "/echo", "/waits"]).build();
    Server::bare(metrics.expect("good settings").layer().layer(service_fn(answer))).await
}

#[tokio::test]
async fn what_clients_saw_is_what_was_counted() {
    let space = "hyper_counts";
    let server = server(space).await;
    for _ in 0..3 {
        assert!(server.ask("GET", "/hello", "").await.ends_with("\r\n\r\nhello"));
    }
    assert!(server.ask("POST", "/echo", "words").await.ends_with("\r\n\r\nwords"));
    assert!(server.ask("GET", "/wp-login.php", "").await.starts_with("HTTP/1.1 404 "));
    assert!(server.ask("BREW", "/hello", "").await.starts_with("HTTP/1.1 404 "));
    until(|| sum(space, "http_requests_in_flight") == 0.0).await;
    assert_value!(space, "http_requests_total", {method: "GET", route: "/hello", status: "200"}, 3);
    assert_value!(space, "http_requests_total", {method: "POST", route: "/echo", status: "200"}, 1);
    assert_value!(space, "http_requests_total", {method: "GET", route: "unmatched", status: "404"}, 1);
    assert_value!(space, "http_requests_total", {method: "other", route: "/hello", status: "404"}, 1);
    assert_value!(space, "http_request_duration_seconds", {method: "GET", route: "/hello"}, 3);
    assert_value!(space, "http_requests_received_total", {transport: "http"}, 6);
    assert_value!(space, "http_request_body_bytes", {}, 6);
    assert_value!(space, "http_request_body_bytes_sum", {}, 5);
    assert_value!(space, "http_response_body_bytes", {}, 6);
    assert_value!(space, "http_response_body_bytes_sum", {}, 20);
    assert!(sum(space, "http_response_bodies_dropped_total") == 0.0);
}

#[tokio::test]
async fn a_client_that_goes_away_cancels_its_request() {
    let space = "hyper_cancelled";
    let server = server(space).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /waits HTTP/1.1\r\nhost: here\r\n\r\n").await.expect("it is sent");
    until(|| sum(space, "http_requests_in_flight") == 1.0).await;
    drop(stream);
    until(|| sum(space, "http_requests_in_flight") == 0.0).await;
    assert_value!(space, "http_requests_cancelled_total", {method: "GET", route: "/waits"}, 1);
    assert_value!(space, "http_requests_total", {method: "GET", route: "/waits", status: "none"}, 1);
}
