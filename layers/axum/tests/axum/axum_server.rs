//! Over real connections: what a client saw is what was counted.

use std::future::pending;

use axum::{
    Extension, Router,
    body::Body,
    extract::Path,
    http::{Request, StatusCode, header},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use futures::FutureExt;
use tallymark_axum::{ErrorLabel, Install};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{
    common::{Pieces, assert_value, sum, until},
    serve,
};

/// As a catch-panic layer does it.
async fn catch_panic(request: Request<Body>, next: Next) -> Response {
    let answer = std::panic::AssertUnwindSafe(next.run(request)).catch_unwind().await;
    answer
        .unwrap_or_else(|_| (StatusCode::INTERNAL_SERVER_ERROR, Extension(ErrorLabel::PANIC)).into_response())
}

fn routes() -> Router {
    Router::new()
        .route("/items/{id}", get(async |Path(id): Path<String>| id))
        .route("/echo", post(async |body: bytes::Bytes| body))
        .route("/waits", get(async || pending::<&str>().await))
        .route("/panics", get(async || -> &'static str { panic!("as asked for") }))
        .route("/ever", get(async || Body::new(Pieces::of(10_000_000))))
        .route("/upgrade", get(upgrade))
}

/// Speaks another protocol on the connection: as WebSocket does it.
async fn upgrade(mut request: Request<Body>) -> Response {
    let upgraded = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let mut io = Compat(upgraded.await.expect("an upgrade"));
        let mut word = [0; 4];
        io.read(&mut word).await;
        io.write(&word).await;
    });
    (StatusCode::SWITCHING_PROTOCOLS, [(header::UPGRADE, "parrot"), (header::CONNECTION, "upgrade")])
        .into_response()
}

/// Just enough of hyper's traits to read and write.
struct Compat(hyper::upgrade::Upgraded);

impl Compat {
    async fn read(&mut self, word: &mut [u8]) {
        use hyper::rt::{Read, ReadBuf};
        let mut buffer = ReadBuf::new(word);
        while buffer.filled().len() < 4 {
            std::future::poll_fn(|context| {
                std::pin::Pin::new(&mut self.0).poll_read(context, buffer.unfilled())
            })
            .await
            .expect("the client's word");
        }
    }

    async fn write(&mut self, word: &[u8]) {
        use hyper::rt::Write;
        let wrote =
            std::future::poll_fn(|context| std::pin::Pin::new(&mut self.0).poll_write(context, word)).await;
        assert_eq!(wrote.expect("the client listens"), word.len());
        std::future::poll_fn(|context| std::pin::Pin::new(&mut self.0).poll_flush(context))
            .await
            .expect("it is sent");
    }
}

fn install(namespace: &str) -> Install {
    Install::new(tallymark_axum::builder().namespace(namespace).build().expect("good settings"))
}

#[tokio::test]
async fn what_clients_saw_is_what_was_counted() {
    let space = "server_counts";
    let server = serve(install(space).around(routes(), |routes| routes)).await;
    let mut seen = 0;
    for at in 0..20 {
        let (method, path) =
            if at % 4 == 3 { ("POST", "/echo".to_owned()) } else { ("GET", format!("/items/{at}")) };
        let body = if method == "POST" { "four" } else { "" };
        let answer = server.ask(method, &path, body).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        seen += answer.split("\r\n\r\n").nth(1).expect("a body").len();
    }
    let answer = server.ask("HEAD", "/items/1", "").await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("\r\n\r\n"), "{answer}");
    assert!(answer.to_ascii_lowercase().contains("content-length: 1\r\n"), "{answer}");
    until(|| sum(space, "http_requests_in_flight") == 0.0).await;
    assert_value!(space, "http_requests_total", {method: "GET", route: "/items/{id}", status: "200"}, 15);
    assert_value!(space, "http_requests_total", {method: "HEAD", route: "/items/{id}", status: "200"}, 1);
    assert_value!(space, "http_requests_total", {method: "POST", route: "/echo", status: "200"}, 5);
    assert_value!(space, "http_request_duration_seconds", {method: "POST", route: "/echo"}, 5);
    assert_value!(space, "http_handler_duration_seconds", {method: "POST", route: "/echo"}, 5);
    assert_value!(space, "http_request_body_bytes", {}, 21);
    assert_value!(space, "http_request_body_bytes_sum", {}, 20);
    assert_value!(space, "http_response_body_bytes_sum", {}, u32::try_from(seen).expect("it is small"));
    assert_value!(space, "http_response_body_bytes", {}, 21);
    for nothing in
        ["http_response_bodies_dropped_total", "http_requests_cancelled_total", "http_exceptions_total"]
    {
        assert!(sum(space, nothing) == 0.0, "{nothing}");
    }
}

#[tokio::test]
async fn a_client_that_goes_away_cancels_its_request() {
    let space = "server_cancelled";
    let server = serve(install(space).around(routes(), |routes| routes)).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /waits HTTP/1.1\r\nhost: here\r\n\r\n").await.expect("it is sent");
    until(|| sum(space, "http_requests_in_flight") == 1.0).await;
    drop(stream);
    until(|| sum(space, "http_requests_in_flight") == 0.0).await;
    assert_value!(space, "http_requests_cancelled_total", {method: "GET", route: "/waits"}, 1);
    assert_value!(space, "http_requests_total", {method: "GET", route: "/waits", status: "none"}, 1);
    assert_value!(space, "http_handler_duration_seconds", {method: "GET", route: "/waits"}, 1);
}

#[tokio::test]
async fn a_client_that_stops_reading_drops_the_body() {
    let space = "server_dropped";
    let server = serve(install(space).on(routes())).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /ever HTTP/1.1\r\nhost: here\r\n\r\n").await.expect("it is sent");
    let mut some = [0; 64];
    stream.read_exact(&mut some).await.expect("it begins");
    drop(stream);
    until(|| sum(space, "http_requests_in_flight") == 0.0).await;
    assert_value!(space, "http_response_bodies_dropped_total", {method: "GET", route: "/ever"}, 1);
    assert_value!(space, "http_streaming_responses_total", {method: "GET", route: "/ever"}, 1);
    assert_value!(space, "http_requests_total", {method: "GET", route: "/ever", status: "200"}, 1);
    assert!(sum(space, "http_requests_cancelled_total") == 0.0);
}

#[tokio::test]
async fn a_panic_is_counted_once_caught_or_not() {
    let space = "server_uncaught";
    let server = serve(install(space).around(routes(), |routes| routes)).await;
    assert_eq!(server.ask("GET", "/panics", "").await, "");
    until(|| sum(space, "http_requests_in_flight") == 0.0).await;
    assert_value!(space, "http_exceptions_total", {route: "/panics", error: "panic"}, 1);
    assert_value!(space, "http_requests_total", {method: "GET", route: "/panics", status: "none"}, 1);
    assert!(sum(space, "http_requests_cancelled_total") == 0.0);

    // Without a layer at the handlers, the response says that there was a panic.
    let space = "server_caught";
    let server = serve(install(space).on(routes().layer(from_fn(catch_panic)))).await;
    assert!(server.ask("GET", "/panics", "").await.starts_with("HTTP/1.1 500 "));
    assert_value!(space, "http_exceptions_total", {route: "/panics", error: "panic"}, 1);
    assert_value!(space, "http_requests_total", {method: "GET", route: "/panics", status: "500"}, 1);
}

#[tokio::test]
async fn an_upgraded_connection_works() {
    let space = "server_upgrade";
    let server = serve(install(space).around(routes(), |routes| routes)).await;
    let mut stream = server.connect().await;
    let ask = b"GET /upgrade HTTP/1.1\r\nhost: here\r\nconnection: upgrade\r\nupgrade: parrot\r\n\r\n";
    stream.write_all(ask).await.expect("it is sent");
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(stream.read_u8().await.expect("a head"));
    }
    assert!(answer.starts_with(b"HTTP/1.1 101 "));
    stream.write_all(b"word").await.expect("it is sent");
    let mut echo = [0; 4];
    stream.read_exact(&mut echo).await.expect("it is repeated");
    assert_eq!(&echo, b"word");
    assert_value!(space, "http_requests_total", {method: "GET", route: "/upgrade", status: "101"}, 1);
    assert!(sum(space, "http_requests_in_flight") == 0.0);
    assert!(sum(space, "http_response_bodies_dropped_total") == 0.0);
}
