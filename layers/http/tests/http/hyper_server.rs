//! hyper itself, with the layer and a `match` on the path: what a service without a framework looks like.

use std::{
    convert::Infallible,
    future::{pending, poll_fn},
    pin::pin,
};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use tallymark_http::{ErrorLabel, RequestBody, RouteTemplate};
use tokio::io::AsyncWriteExt;
use tower::{Layer, ServiceExt, service_fn};

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

/// A client and a server in one program: each counts what it sees, and both see the same.
#[tokio::test]
async fn what_a_client_of_hyper_sent_is_what_the_server_got() {
    let space = "hyper_client";
    let server = server(space).await;
    let metrics = tallymark_http::client_builder().namespace(space).build().expect("good settings");
    let kind = |error: &hyper_util::client::legacy::Error| {
        ErrorLabel::named(if error.is_connect() { "connect" } else { "service" })
    };
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let client = metrics.layer().error_by(kind).layer(client);
    let to = |method: &str, path: &'static str, body: &'static str| {
        let uri = format!("http://{}{path}", server.address());
        let request = Request::builder().method(method).uri(uri).extension(RouteTemplate(path));
        client.clone().oneshot(request.body(Full::from(body)).expect("a request"))
    };
    for _ in 0..3 {
        let response = to("GET", "/hello", "").await.expect("a response");
        assert_eq!(response.into_body().collect().await.expect("a body").to_bytes(), "hello");
    }
    let response = to("POST", "/echo", "words").await.expect("a response");
    assert_eq!(response.into_body().collect().await.expect("a body").to_bytes(), "words");
    let host = "127.0.0.1";
    for (method, route, times) in [("GET", "/hello", 3), ("POST", "/echo", 1)] {
        assert_value!(space, "http_requests_total", {method: method, route: route, status: "200"}, times);
        assert_value!(space, "http_client_requests_total", {method: method, host: host, route: route, status: "200"}, times);
    }
    {
        let mut waits = pin!(to("GET", "/waits", ""));
        let mut arrived = pin!(until(|| sum(space, "http_requests_in_flight") == 1.0));
        poll_fn(|context| {
            assert!(waits.as_mut().poll(context).is_pending());
            arrived.as_mut().poll(context)
        })
        .await;
        assert_value!(space, "http_client_requests_in_flight", {host: host}, 1);
    }
    until(|| sum(space, "http_requests_in_flight") == 0.0).await;
    assert_value!(space, "http_requests_cancelled_total", {method: "GET", route: "/waits"}, 1);
    assert_value!(space, "http_client_errors_total", {host: host, route: "/waits", error: "cancelled"}, 1);
    let nobody =
        tokio::net::TcpListener::bind((host, 0)).await.expect("a port").local_addr().expect("an address");
    let request = Request::get(format!("http://{nobody}/")).body(Full::default()).expect("a request");
    assert!(client.clone().oneshot(request).await.is_err());
    assert_value!(space, "http_client_errors_total", {host: host, route: "unmatched", error: "connect"}, 1);
    assert!(sum(space, "http_client_requests_total") == 6.0 && sum(space, "http_requests_total") == 5.0);
    assert!(sum(space, "http_client_requests_in_flight") == 0.0);
}
