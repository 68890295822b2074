//! The endpoint within an HTTP server of the application's.

use std::{
    net::SocketAddr,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, Response, StatusCode, header},
};
use http_body::Body as _;
use tallymark::{
    Counter,
    encode::Escaping,
    encode_to_string,
    exporter::{self, MetricsService, ServeError},
    place,
    registry::{Declaration, Format, Registry},
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

/// A response, and what it says about credentials.
async fn ask(service: &MetricsService, request: Request<Body>) -> (StatusCode, usize) {
    let Ok(response) = service.clone().oneshot(request).await;
    (response.status(), response.headers().get_all(header::WWW_AUTHENTICATE).iter().count())
}

#[test]
fn with_credentials() {
    let service = exporter::builder().bearer_token("s3cr3t").service().expect("a token");
    let app = Router::new().route_service("/metrics", service.clone());
    run(async {
        assert_eq!(ask(&service, request("GET", "/", "*/*")).await, (StatusCode::UNAUTHORIZED, 1));
        let mut right = request("GET", "/metrics", "*/*");
        let token = header::HeaderValue::from_static("Bearer s3cr3t");
        right.headers_mut().insert(header::AUTHORIZATION, token);
        let Ok(response) = app.oneshot(right).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert!(read(response).await.contains("\n# TYPE tallymark_"));
    });
    assert!(!format!("{service:?}").contains("s3cr3t"));
}

/// The application's server says where a request comes from. If it does not, nobody can be let in by address.
#[test]
fn by_address() {
    let service = exporter::builder().allow(["10.0.0.0/8"]).service().expect("a network");
    let inside = SocketAddr::from(([10, 1, 2, 3], 4));
    let outside = SocketAddr::from(([192, 0, 2, 1], 4));
    run(async {
        assert_eq!(ask(&service, request("GET", "/", "*/*")).await.0, StatusCode::FORBIDDEN);
        for (address, expected) in [(inside, StatusCode::OK), (outside, StatusCode::FORBIDDEN)] {
            let mut plain = request("GET", "/", "*/*");
            plain.extensions_mut().insert(address);
            assert_eq!(ask(&service, plain).await.0, expected, "{address}");
        }
    });
}

#[test]
fn so_many_at_once() {
    let service = exporter::builder().max_scrapes(1).service().expect("a number");
    run(async {
        let Ok(first) = service.clone().oneshot(request("GET", "/", "*/*")).await;
        assert_eq!(ask(&service, request("GET", "/", "*/*")).await.0, StatusCode::SERVICE_UNAVAILABLE);
        drop(first);
        assert_eq!(ask(&service, request("GET", "/", "*/*")).await.0, StatusCode::OK);
    });
}

/// Where nothing else was asked for, and with 503 rather than an error of the server.
#[test]
fn sixteen_at_once_by_default() {
    let service = exporter::service();
    run(async {
        let mut unread = Vec::new();
        for _ in 0..16 {
            let Ok(response) = service.clone().oneshot(request("GET", "/", "*/*")).await;
            assert_eq!(response.status(), StatusCode::OK);
            unread.push(response);
        }
        let Ok(busy) = service.clone().oneshot(request("GET", "/", "*/*")).await;
        assert_eq!(busy.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(busy.headers()[header::RETRY_AFTER], "1");
        unread.pop();
        assert_eq!(ask(&service, request("GET", "/", "*/*")).await.0, StatusCode::OK);
    });
}

/// An application's own server may wait for ever for a client that does not read. What such clients hold is given up when somebody else
/// asks, and is counted.
#[test]
fn clients_that_never_read_keep_nobody_out() {
    let refused = || {
        let labels = [("reason", "incomplete")];
        let snapshot = tallymark::registry::snapshot();
        snapshot.counter("tallymark_scrapes_refused_total", &labels).unwrap_or(0)
    };
    let limited =
        |patience| exporter::builder().max_scrapes(2).write_timeout(patience).service().expect("settings");
    run(async {
        let ask_for_all = |service: &MetricsService| service.clone().oneshot(request("GET", "/", "*/*"));
        let service = limited(Duration::ZERO);
        let before = refused();
        let mut unread = Vec::new();
        for _ in 0..10 {
            let Ok(response) = ask_for_all(&service).await;
            assert_eq!(response.status(), StatusCode::OK);
            unread.push(response);
        }
        assert!(refused() >= before + 8);
        let mut ended = 0;
        for response in unread {
            let length = response.headers()[header::CONTENT_LENGTH].to_str().expect("text").to_owned();
            match to_bytes(Body::new(response.into_body()), usize::MAX).await {
                Ok(bytes) => assert_eq!(bytes.len().to_string(), length),
                // It must not look like an exposition that is all there.
                Err(_) => ended += 1,
            }
        }
        assert_eq!(ended, 8);
        // One that has just begun is not ended.
        let service = limited(Duration::from_secs(3600));
        let (Ok(one), Ok(other)) = (ask_for_all(&service).await, ask_for_all(&service).await);
        let Ok(third) = ask_for_all(&service).await;
        assert_eq!(third.status(), StatusCode::SERVICE_UNAVAILABLE);
        for response in [one, other] {
            assert!(to_bytes(Body::new(response.into_body()), usize::MAX).await.is_ok());
        }
    });
}

/// Each of two services has the metrics of its registry, its own limit and its own guards.
#[test]
fn registries_beside_that_of_the_program() {
    let tenant = |orders: u64| {
        let registry = Registry::new();
        let orders_total = Declaration::new("mounted_orders_total", "Orders.", place!()).registry(registry);
        orders_total.declare(Counter::<()>::new).expect("a good name").inc_by(orders);
        exporter::builder().registry(registry).max_scrapes(1).service().expect("settings")
    };
    let app = Router::new().route_service("/north", tenant(3)).route_service("/south", tenant(5));
    run(async {
        let Ok(unread) = app.clone().oneshot(request("GET", "/north", "*/*")).await;
        let Ok(busy) = app.clone().oneshot(request("GET", "/north", "*/*")).await;
        assert_eq!(busy.status(), StatusCode::SERVICE_UNAVAILABLE);
        for (response, orders) in
            [(Ok(unread), 3), (app.clone().oneshot(request("GET", "/south", "*/*")).await, 5)]
        {
            let Ok::<_, std::convert::Infallible>(response) = response;
            let text = read(response).await;
            let expected = format!(
                "# HELP mounted_orders_total Orders.\n# TYPE mounted_orders_total counter\nmounted_orders_total {orders}\n"
            );
            assert_eq!(text, expected);
        }
    });
}

#[test]
fn some_metrics() {
    run(async {
        let target = "/?name[]=tallymark_conflicts_total";
        let Ok(response) = exporter::service().oneshot(request("GET", target, "*/*")).await;
        let text = read(response.map(Body::new)).await;
        assert!(text.ends_with("\ntallymark_conflicts_total 0\n"), "{text}");
        assert_eq!(text.lines().count(), 3);
    });
}

#[test]
fn what_is_wrong_is_said() {
    assert!(matches!(exporter::builder().bearer_token("").service(), Err(ServeError::Credentials)));
    assert!(matches!(exporter::builder().allow(["x"]).service(), Err(ServeError::Network { .. })));
}
