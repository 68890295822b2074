//! The endpoint within an HTTP server of the application's.

#![cfg(feature = "exporter")]

use std::{
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, Response, StatusCode, header},
};
use http_body::Body as _;
use tallymark::{
    encode_to_string, exporter,
    registry::{Escaping, Format},
};
use tokio::runtime;
use tower::ServiceExt;

fn request(method: &str, path: &str, accept: &str) -> Request<Body> {
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let request = Request::builder().method(method).uri(path).header(header::ACCEPT, accept);
    request.body(Body::empty()).expect("a request")
}

fn run<T>(future: impl Future<Output = T>) -> T {
    runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
}

async fn read(response: Response<Body>) -> String {
    let bytes = to_bytes(response.into_body(), usize::MAX).await.expect("the body");
    String::from_utf8(bytes.into()).expect("text")
}

fn check(app: &Router, path: &str) {
    run(async {
        let ask = |method, accept| app.clone().oneshot(request(method, path, accept));

        let Ok(response) = ask("GET", "*/*").await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(
            response.headers()[header::CONTENT_TYPE],
            Format::Text004.content_type(Escaping::Underscores)
        );
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        let length = response.headers()[header::CONTENT_LENGTH].to_str().expect("text").to_owned();
        let body = read(response).await;
        assert_eq!(body.len().to_string(), length);
        assert!(body.contains("\n# TYPE tallymark_"), "{body}");

        let Ok(response) = ask("GET", "application/openmetrics-text").await;
        assert_eq!(
            response.headers()[header::CONTENT_TYPE],
            Format::OpenMetrics100.content_type(Escaping::Underscores)
        );
        assert!(read(response).await.ends_with("# EOF\n"));

        let Ok(response) = ask("HEAD", "*/*").await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_ne!(response.headers()[header::CONTENT_LENGTH], "0");
        assert_eq!(read(response).await, "");

        let Ok(response) = ask("OPTIONS", "*/*").await;
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
        assert_eq!(response.headers()[header::ALLOW], "GET, HEAD, OPTIONS");

        let Ok(response) = ask("POST", "*/*").await;
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(response.headers()[header::ALLOW], "GET, HEAD, OPTIONS");
    });
}

#[test]
fn as_a_route() {
    check(&Router::new().route_service("/metrics", exporter::service()), "/metrics");
}

#[test]
fn nested() {
    check(&Router::new().nest_service("/internal/metrics", exporter::service()), "/internal/metrics");
}

/// Any executor will do, so that it can be mounted where there is no tokio.
#[test]
fn without_a_runtime() {
    let mut response = pin!(exporter::service().oneshot(request("GET", "/anything", "*/*")));
    let mut context = Context::from_waker(Waker::noop());
    let Poll::Ready(Ok(response)) = response.as_mut().poll(&mut context) else {
        panic!("there is nothing to wait for");
    };
    assert_eq!(response.status(), StatusCode::OK);
    let mut body = response.into_body();
    let mut text = Vec::new();
    while let Poll::Ready(Some(frame)) = Pin::new(&mut body).poll_frame(&mut context) {
        text.extend(frame.expect("it never fails").into_data().expect("there are no trailers"));
    }
    assert!(body.is_end_stream());
    assert!(String::from_utf8(text).expect("text").contains("\n# TYPE tallymark_"));
}

#[test]
fn neither_endpoint_nor_service() {
    assert!(encode_to_string(Format::Text004).contains("\n# TYPE tallymark_"));
    assert!(encode_to_string(Format::OpenMetrics100).ends_with("# EOF\n"));
}
