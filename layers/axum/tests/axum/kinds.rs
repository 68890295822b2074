//! Responses that are not a head and some bytes: events, messages, calls; and middleware that cuts them short.

use std::{convert::Infallible, net::SocketAddr, time::Duration};

use axum::{
    Router,
    extract::{WebSocketUpgrade, ws::Message},
    http::{HeaderValue, Request, Response, StatusCode},
    response::sse::{Event, Sse},
    routing::{any, get},
};
use futures::{SinkExt, StreamExt, stream};
use tallymark_axum::{Install, exporter};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

use crate::{
    common::{assert_value, sum, until},
    serve,
    server::Server,
};

fn install(namespace: &str) -> Install {
    Install::new(tallymark_axum::builder().namespace(namespace).build().expect("good settings"))
        .without_route()
}

#[tokio::test]
async fn events_are_a_stream_that_is_in_flight_until_its_end() {
    let space = "kinds_events";
    let event = || Ok::<_, Infallible>(Event::default().data("tick"));
    let app = Router::new()
        .route("/three", get(async move || Sse::new(stream::iter((0..3).map(move |_| event())))))
        .route("/ever", get(async move || Sse::new(stream::iter([event()]).chain(stream::pending()))));
    let server = serve(install(space).on(app)).await;
    assert_eq!(server.ask("GET", "/three", "").await.matches("data: tick").count(), 3);
    until(|| sum(space, "http_requests_in_flight") == 0.0).await;
    assert_value!(space, "http_streaming_responses_total", {method: "GET", route: "/three"}, 1);
    assert!(sum(space, "http_response_bodies_dropped_total") == 0.0);

    let mut stream = server.connect().await;
    stream.write_all(b"GET /ever HTTP/1.1\r\nhost: here\r\n\r\n").await.expect("it is sent");
    let mut text = String::new();
    while !text.contains("data: tick") {
        text.push(char::from(stream.read_u8().await.expect("an event")));
    }
    assert_value!(space, "http_requests_in_flight", {method: "GET"}, 1);
    assert_value!(space, "http_requests_total", {method: "GET", route: "/ever", status: "200"}, 1);
    drop(stream);
    until(|| sum(space, "http_requests_in_flight") == 0.0).await;
    assert_value!(space, "http_response_bodies_dropped_total", {method: "GET", route: "/ever"}, 1);
    assert!(sum(space, "http_requests_cancelled_total") == 0.0);
}

#[tokio::test]
async fn a_web_socket_is_one_request_that_is_over_when_it_is_upgraded() {
    let space = "kinds_websocket";
    let echo = async |upgrade: WebSocketUpgrade| {
        upgrade.on_upgrade(async |mut socket| {
            while let Some(Ok(message @ Message::Text(_))) = socket.recv().await {
                socket.send(message).await.expect("the client listens");
            }
        })
    };
    let server =
        serve(install(space).around(Router::new().route("/socket", any(echo)), |routes| routes)).await;
    let stream = server.connect().await;
    let (mut socket, response) =
        tokio_tungstenite::client_async("ws://here/socket", stream).await.expect("a web socket");
    assert_eq!(response.status(), 101);
    for word in ["one", "two"] {
        socket.send(word.into()).await.expect("it is sent");
        let echo = socket.next().await.expect("an echo").expect("an echo");
        assert_eq!(echo.to_text().expect("a text"), word);
    }
    assert_value!(space, "http_requests_total", {method: "GET", route: "/socket", status: "101"}, 1);
    assert!(sum(space, "http_requests_in_flight") == 0.0, "only the handshake is HTTP");
    socket.close(None).await.expect("it is closed");
    for nothing in [
        "http_response_bodies_dropped_total",
        "http_streaming_responses_total",
        "http_requests_cancelled_total",
    ] {
        assert!(sum(space, nothing) == 0.0, "{nothing}");
    }
    assert!(sum(space, "http_requests_total") == 1.0);
}

#[tokio::test]
async fn calls_of_grpc_in_a_router_are_counted_by_their_template() {
    let space = "kinds_grpc";
    // As generated code: nothing but trailers.
    let unimplemented = async || {
        let mut response = Response::new(axum::body::Body::empty());
        response.headers_mut().insert("content-type", HeaderValue::from_static("application/grpc"));
        response.headers_mut().insert("grpc-status", HeaderValue::from_static("12"));
        response
    };
    let calls = Router::new().route("/greeter.Greeter/{call}", axum::routing::post(unimplemented));
    let app = install(space).on(calls.route("/", get(async || "a page")));
    let routes = tonic::service::Routes::from(app);
    let server = Server::with(async |listener| {
        let incoming = tonic::transport::server::TcpIncoming::from(listener);
        let server = tonic::transport::Server::builder().accept_http1(true).add_routes(routes);
        server.serve_with_incoming(incoming).await.expect("it serves for ever");
    })
    .await;
    let channel =
        tonic::transport::Channel::from_shared(format!("http://{}", server.address())).expect("a URI");
    let mut channel = channel.connect().await.expect("a server");
    let request = Request::post(format!("http://{}/greeter.Greeter/SayHello", server.address()))
        .header("content-type", "application/grpc")
        .body(tonic::body::Body::empty());
    let ready = tower::ServiceExt::ready(&mut channel).await.expect("a server");
    let response = tower::Service::call(ready, request.expect("a request")).await.expect("a response");
    assert_eq!(response.headers()["grpc-status"], "12");
    drop(response);
    assert!(server.ask("GET", "/", "").await.ends_with("a page"));
    until(|| sum(space, "http_requests_in_flight") == 0.0).await;
    let route = "/greeter.Greeter/{call}";
    assert_value!(space, "grpc_requests_total", {route: route, grpc_status: "unimplemented"}, 1);
    assert_value!(space, "http_requests_total", {method: "POST", route: route, status: "200"}, 1);
    assert_value!(space, "http_requests_total", {method: "GET", route: "/", status: "200"}, 1);
    assert!(sum(space, "grpc_requests_total") == 1.0);
}

#[tokio::test]
async fn middleware_that_ends_a_handler_early_ends_it_once() {
    let space = "kinds_middleware";
    let routes = Router::new()
        .route("/slow", get(async || std::future::pending::<&str>().await))
        .route("/panics", get(async || -> &'static str { panic!("as asked for") }));
    let timeout = TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_millis(1));
    let app = install(space).around(routes, |routes| routes.layer(CatchPanicLayer::new()).layer(timeout));
    let server = serve(app).await;
    assert!(server.ask("GET", "/slow", "").await.starts_with("HTTP/1.1 504 "));
    assert!(server.ask("GET", "/panics", "").await.starts_with("HTTP/1.1 500 "));
    until(|| sum(space, "http_requests_in_flight") == 0.0).await;
    assert_value!(space, "http_requests_total", {method: "GET", route: "/slow", status: "504"}, 1);
    assert_value!(space, "http_handler_duration_seconds", {method: "GET", route: "/slow"}, 1);
    assert_value!(space, "http_requests_total", {method: "GET", route: "/panics", status: "500"}, 1);
    // Caught by middleware that knows nothing of us, and counted at the handler.
    assert_value!(space, "http_exceptions_total", {route: "/panics", error: "panic"}, 1);
    assert!(sum(space, "http_requests_total") == 2.0 && sum(space, "http_requests_cancelled_total") == 0.0);
}

#[tokio::test]
async fn the_endpoint_may_ask_who_scrapes() {
    let metrics = || tallymark_axum::builder().namespace("kinds_guarded").build().expect("good settings");
    let guarded = |allow: &str| {
        let endpoint =
            exporter::builder().bearer_token("s3cr3t").allow([allow]).service().expect("good settings");
        let app = Install::new(metrics()).endpoint(endpoint).on(Router::new());
        Server::with(async |listener| {
            let service = app.into_make_service_with_connect_info::<SocketAddr>();
            axum::serve(listener, service).await.expect("it serves for ever");
        })
    };
    let ask = async |server: &Server, token: &str| {
        let mut stream = server.connect().await;
        let head = format!("GET /metrics HTTP/1.1\r\nhost: here\r\nconnection: close\r\n{token}\r\n");
        stream.write_all(head.as_bytes()).await.expect("it is sent");
        let mut response = String::new();
        stream.read_to_string(&mut response).await.expect("a response");
        response.split(' ').nth(1).map(str::to_owned)
    };
    let server = guarded("127.0.0.0/8").await;
    assert_eq!(ask(&server, "").await.as_deref(), Some("401"));
    assert_eq!(ask(&server, "authorization: Bearer s3cr3t\r\n").await.as_deref(), Some("200"));
    let server = guarded("10.0.0.0/8").await;
    assert_eq!(ask(&server, "authorization: Bearer s3cr3t\r\n").await.as_deref(), Some("403"));
}
