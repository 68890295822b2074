//! gRPC: a service behind tonic's server, asked over HTTP/2.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, header};
use http_body::Frame;
use http_body_util::BodyExt;
use tonic::{
    body::Body,
    server::NamedService,
    transport::{Channel, Server, server::TcpIncoming},
};
use tower::{Service, ServiceExt};

use crate::common::{Pieces, assert_value, sum};

/// As generated code: a message and trailers, or nothing but trailers.
#[derive(Clone)]
struct Greeter;

impl NamedService for Greeter {
    const NAME: &'static str = "greeter.Greeter";
}

impl Service<Request<Body>> for Greeter {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let mut response = match request.uri().path() {
            "/greeter.Greeter/SayHello" => {
                let mut trailers = HeaderMap::new();
                trailers.insert("grpc-status", HeaderValue::from_static("0"));
                Response::new(Body::new(Pieces::these([
                    Ok(Frame::data(Bytes::from_static(b"\0\0\0\0\x05hello"))),
                    Ok(Frame::trailers(trailers)),
                ])))
            }
            // A head that was sure too early.
            path @ ("/greeter.Greeter/SayFirst" | "/greeter.Greeter/SayOnce") => {
                let mut trailers = HeaderMap::new();
                if path.ends_with("First") {
                    trailers.insert("grpc-status", HeaderValue::from_static("15"));
                }
                let mut response = Response::new(Body::new(Pieces::these([
                    Ok(Frame::data(Bytes::from_static(b"\0\0\0\0\x05hello"))),
                    Ok(Frame::trailers(trailers)),
                ])));
                response.headers_mut().insert("grpc-status", HeaderValue::from_static("0"));
                response
            }
            "/greeter.Greeter/SayEver" => Response::new(Body::new(Pieces::of(1_000_000))),
            _ => {
                let mut response = Response::new(Body::empty());
                response.headers_mut().insert("grpc-status", HeaderValue::from_static("5"));
                response
            }
        };
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        ready(Ok(response))
    }
}

fn ask(address: std::net::SocketAddr, path: &str) -> Request<Body> {
    let request = Request::builder().method("POST").uri(format!("http://{address}{path}"));
    let request = request.header(header::CONTENT_TYPE, "application/grpc").header("te", "trailers");
    request.body(Body::empty()).expect("a request")
}

/// Starts a server, and connects to it.
async fn connect(router: tonic::transport::server::Router<LayerStack>) -> (crate::server::Server, Channel) {
    let server = crate::server::Server::with(|listener| async move {
        router.serve_with_incoming(TcpIncoming::from(listener)).await.expect("it serves for ever");
    })
    .await;
    let channel = Channel::from_shared(format!("http://{}", server.address())).expect("a URI");
    (server, channel.connect().await.expect("a server"))
}

type LayerStack = tower::layer::util::Stack<tallymark_http::HttpLayer, tower::layer::util::Identity>;

#[tokio::test]
async fn statuses_are_those_of_the_trailers() {
    let space = "grpc";
    let metrics = tallymark_http::builder()
        .namespace(space)
        .routes(["/greeter.Greeter/SayHello", "/greeter.Greeter/SayBye", "/greeter.Greeter/SayEver"])
        .build()
        .expect("good settings");
    let (server, mut channel) = connect(Server::builder().layer(metrics.layer()).add_service(Greeter)).await;
    let address = server.address();

    for _ in 0..2 {
        let request = ask(address, "/greeter.Greeter/SayHello");
        let response = channel.ready().await.expect("a server").call(request).await.expect("a response");
        assert!(!response.headers().contains_key("grpc-status"));
        let whole = response.into_body().collect().await.expect("a body");
        assert_eq!(whole.trailers().expect("they are passed on")["grpc-status"], "0");
        assert_eq!(whole.to_bytes().len(), 10);
    }
    for path in ["/greeter.Greeter/SayBye", "/greeter.Greeter/SayWhat", "/no.Such/Service"] {
        let response =
            channel.ready().await.expect("a server").call(ask(address, path)).await.expect("a response");
        assert!(response.headers().contains_key("grpc-status"));
        response.into_body().collect().await.expect("a body");
    }
    assert_value!(space, "grpc_requests_total", {route: "/greeter.Greeter/SayHello", grpc_status: "ok"}, 2);
    assert_value!(space, "grpc_requests_total", {route: "/greeter.Greeter/SayBye", grpc_status: "not_found"}, 1);
    // Paths that no one wrote down are not routes, be they of the service or not.
    assert_value!(space, "grpc_requests_total", {route: "unmatched", grpc_status: "not_found"}, 1);
    assert_value!(space, "grpc_requests_total", {route: "unmatched", grpc_status: "unimplemented"}, 1);
    let hello = "/greeter.Greeter/SayHello";
    assert_value!(space, "http_requests_total", {method: "POST", route: hello, status: "200"}, 2);
    assert_value!(space, "http_response_body_bytes_sum", {}, 20);
    assert!(sum(space, "http_response_bodies_dropped_total") == 0.0);

    // A client that has heard enough.
    let request = ask(address, "/greeter.Greeter/SayEver");
    let response = channel.ready().await.expect("a server").call(request).await.expect("a response");
    drop(response);
    let ever = "/greeter.Greeter/SayEver";
    crate::common::until(|| sum(space, "http_requests_in_flight") == 0.0).await;
    assert_value!(space, "grpc_requests_total", {route: ever, grpc_status: "none"}, 1);
    assert_value!(space, "http_response_bodies_dropped_total", {method: "POST", route: ever}, 1);
}

#[tokio::test]
async fn trailers_win_over_a_head() {
    let space = "grpc_trailers";
    let metrics = tallymark_http::builder()
        .namespace(space)
        .routes(["/greeter.Greeter/SayFirst", "/greeter.Greeter/SayOnce"])
        .build()
        .expect("good settings");
    let (server, mut channel) = connect(Server::builder().layer(metrics.layer()).add_service(Greeter)).await;
    for path in ["/greeter.Greeter/SayFirst", "/greeter.Greeter/SayOnce"] {
        let request = ask(server.address(), path);
        let response = channel.ready().await.expect("a server").call(request).await.expect("a response");
        assert_eq!(response.headers()["grpc-status"], "0");
        response.into_body().collect().await.expect("a body");
    }
    let first = "/greeter.Greeter/SayFirst";
    assert_value!(space, "grpc_requests_total", {route: first, grpc_status: "data_loss"}, 1);
    // Trailers without a status leave that of the head.
    assert_value!(space, "grpc_requests_total", {route: "/greeter.Greeter/SayOnce", grpc_status: "ok"}, 1);
    assert!(sum(space, "grpc_requests_total") == 2.0);
}
