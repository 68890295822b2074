//! The layer around clients, without a network.

use std::{
    convert::Infallible,
    future::{pending, ready},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::{Context, Poll, Waker},
};

use http::{Method, Request, Response, StatusCode};
use tallymark_core::OVERFLOW;
use tallymark_http::{ClientLayer, ClientMetrics, ErrorLabel, RouteTemplate};
use tower::{Layer, Service, ServiceExt, service_fn};

use crate::common::{assert_value, sum, value};

const ITEM: RouteTemplate = RouteTemplate("/items/{id}");

fn metrics(namespace: &str) -> ClientMetrics {
    tallymark_http::client_builder().namespace(namespace).build().expect("good settings")
}

fn layer(namespace: &str) -> ClientLayer {
    metrics(namespace).layer()
}

fn to(uri: &str) -> Request<()> {
    Request::get(uri).body(()).expect("a request")
}

fn to_item(uri: &str) -> Request<()> {
    let mut request = to(uri);
    request.extensions_mut().insert(ITEM);
    request
}

/// Does what the last part of the path says.
async fn remote(request: Request<()>) -> io::Result<Response<()>> {
    let path = request.uri().path();
    match path.rsplit('/').next().unwrap_or_default() {
        "refused" => Err(io::ErrorKind::ConnectionRefused.into()),
        "late" => Err(io::ErrorKind::TimedOut.into()),
        "never" => pending().await,
        "panic" => panic!("as asked for"),
        status => {
            let mut response = Response::new(());
            *response.status_mut() = status.parse().expect("a status");
            Ok(response)
        }
    }
}

#[tokio::test]
async fn every_request_sent_is_counted_once() {
    let space = "client_once";
    let client = layer(space).layer(service_fn(remote));
    for (status, times) in [("200", 2), ("404", 1), ("503", 1)] {
        for _ in 0..times {
            let sent = client.clone().oneshot(to_item(&format!("http://stock.example/items/{status}"))).await;
            assert_eq!(sent.expect("a response").status().as_str(), status);
        }
        let host = "stock.example";
        assert_value!(space, "http_client_requests_total", {method: "GET", host: host, route: ITEM.0, status: status}, times);
    }
    assert_value!(space, "http_client_request_duration_seconds", {method: "GET", host: "stock.example", route: ITEM.0}, 4);
    assert_value!(space, "http_client_requests_in_flight", {host: "stock.example"}, 0);
    assert!(sum(space, "http_client_errors_total") == 0.0);
    // They are none that are received.
    assert!(sum(space, "http_requests_total") == 0.0);
}

#[tokio::test]
async fn an_error_is_a_request_without_a_status() {
    let space = "client_errors";
    let kind = |error: &io::Error| match error.kind() {
        io::ErrorKind::ConnectionRefused => ErrorLabel::named("connect"),
        io::ErrorKind::TimedOut => ErrorLabel::named("timeout"),
        _ => ErrorLabel::named("other"),
    };
    let client = layer(space).error_by(kind).layer(service_fn(remote));
    let plain = layer(space).layer(service_fn(remote));
    for path in ["refused", "late"] {
        let uri = format!("http://stock.example/items/{path}");
        assert!(client.clone().oneshot(to_item(&uri)).await.is_err());
        assert!(plain.clone().oneshot(to_item(&uri)).await.is_err());
    }
    let host = "stock.example";
    for (error, times) in [("connect", 1), ("timeout", 1), ("service", 2)] {
        assert_value!(space, "http_client_errors_total", {host: host, route: ITEM.0, error: error}, times);
    }
    assert_value!(space, "http_client_requests_total", {method: "GET", host: host, route: ITEM.0, status: "none"}, 4);
    assert_value!(space, "http_client_request_duration_seconds", {method: "GET", host: host, route: ITEM.0}, 4);
    assert!(sum(space, "http_client_requests_total") == 4.0);
    assert!(sum(space, "http_client_requests_in_flight") == 0.0);
}

#[test]
fn a_request_that_is_given_up_was_cancelled() {
    let space = "client_cancelled";
    let mut client = layer(space).layer(service_fn(remote));
    let mut context = Context::from_waker(Waker::noop());
    {
        let mut sent = pin!(client.call(to_item("http://stock.example/never")));
        assert!(sent.as_mut().poll(&mut context).is_pending());
        assert_value!(space, "http_client_requests_in_flight", {host: "stock.example"}, 1);
        drop(client.call(to_item("http://stock.example/never")));
        assert_value!(space, "http_client_requests_in_flight", {host: "stock.example"}, 1);
    }
    drop(metrics(space).start(&Method::GET, "stock.example", Some(ITEM)));
    assert_value!(space, "http_client_errors_total", {host: "stock.example", route: ITEM.0, error: "cancelled"}, 3);
    assert_value!(space, "http_client_requests_total", {method: "GET", host: "stock.example", route: ITEM.0, status: "none"}, 3);
    assert!(sum(space, "http_client_requests_in_flight") == 0.0);
}

#[test]
fn a_client_that_panics_did_not_give_up() {
    let space = "client_panic";
    let mut context = Context::from_waker(Waker::noop());
    let mut client = layer(space).layer(service_fn(remote));
    let sent = AssertUnwindSafe(|| {
        let _ = pin!(client.call(to("http://a.example/panic"))).poll(&mut context);
    });
    assert!(catch_unwind(sent).is_err());
    // Before there is a future.
    let mut client = layer(space).layer(service_fn(
        |_: Request<()>| -> std::future::Ready<Result<Response<()>, Infallible>> { panic!("as asked for") },
    ));
    assert!(catch_unwind(AssertUnwindSafe(|| drop(client.call(to("http://a.example/"))))).is_err());
    assert_value!(space, "http_client_errors_total", {host: "a.example", route: "unmatched", error: "panic"}, 2);
    // A request that waits while something else panics is given up by it.
    let mut client = layer(space).layer(service_fn(remote));
    let other = AssertUnwindSafe(|| {
        let mut waits = pin!(client.call(to("http://b.example/never")));
        assert!(waits.as_mut().poll(&mut context).is_pending());
        panic!("as asked for");
    });
    assert!(catch_unwind(other).is_err());
    assert_value!(space, "http_client_errors_total", {host: "b.example", route: "unmatched", error: "cancelled"}, 1);
    assert!(sum(space, "http_client_errors_total") == 3.0 && sum(space, "http_client_requests_total") == 3.0);
    assert!(sum(space, "http_client_requests_in_flight") == 0.0);
}

#[tokio::test]
async fn hosts_are_names_or_addresses_without_anything_else() {
    let space = "client_hosts";
    let client = layer(space).layer(service_fn(remote));
    let with_field = |uri: &str, field: &[u8]| {
        let mut request = to(uri);
        request.headers_mut().insert("host", http::HeaderValue::from_bytes(field).expect("a field"));
        request
    };
    for (request, host) in [
        (to("https://ada:secret@one.example:8443/200"), "one.example"),
        (to("http://TWO.example/200"), "two.example"),
        (to("http://[::1]:80/200"), "[::1]"),
        (with_field("/200", b"Three.example:81"), "three.example"),
        (with_field("http://four.example/200", b"other.example"), "four.example"),
        (with_field("/200", b"[::2]:443"), "[::2]"),
    ] {
        client.clone().oneshot(request).await.expect("a response");
        assert_value!(space, "http_client_requests_total", {method: "GET", host: host, route: "unmatched", status: "200"}, 1);
    }
    for request in
        [to("/200"), with_field("/200", b"\xff"), with_field("/200", b"a b"), with_field("/200", b"")]
    {
        client.clone().oneshot(request).await.expect("a response");
    }
    assert_value!(space, "http_client_requests_total", {method: "GET", host: "unknown", route: "unmatched", status: "200"}, 4);
}

#[tokio::test]
async fn no_path_becomes_a_label() {
    let space = "client_paths";
    let client = layer(space).layer(service_fn(remote));
    for id in 0..100 {
        client
            .clone()
            .oneshot(to(&format!("http://stock.example/items/{id}/200")))
            .await
            .expect("a response");
    }
    let labels = [("method", "GET"), ("host", "stock.example"), ("route", "unmatched"), ("status", "200")];
    assert!(value(space, "http_client_requests_total", &labels) == 100.0);
    let brew = Request::builder().method("BREW").uri("http://pot.example/200").body(()).expect("a request");
    client.clone().oneshot(brew).await.expect("a response");
    assert_value!(space, "http_client_requests_total", {method: "other", host: "pot.example", route: "unmatched", status: "200"}, 1);
    assert!(sum(space, "http_client_requests_total") == 101.0);
}

#[test]
fn hosts_beyond_the_limit_are_counted_together() {
    let space = "client_many";
    let metrics =
        tallymark_http::client_builder().namespace(space).max_series(3).build().expect("good settings");
    for host in ["a", "b", "c", "d", "e"] {
        metrics.start(&Method::GET, host, None).end(Ok(StatusCode::OK));
    }
    assert_value!(space, "http_client_requests_total", {method: "GET", host: "c", route: "unmatched", status: "200"}, 1);
    assert_value!(space, "http_client_requests_total", {method: OVERFLOW, host: OVERFLOW, route: OVERFLOW, status: OVERFLOW}, 2);
    assert_value!(space, "http_client_request_duration_seconds", {method: OVERFLOW, host: OVERFLOW, route: OVERFLOW}, 2);
    assert!(sum(space, "http_client_requests_total") == 5.0);
    assert!(sum(space, "http_client_requests_in_flight") == 0.0);
}

#[tokio::test]
async fn what_is_switched_off_is_not_there() {
    let off = tallymark_http::client_builder().namespace("client_off").enabled(false).build();
    let client = off.expect("good settings").layer().layer(service_fn(remote));
    assert_eq!(client.oneshot(to("http://a.example/204")).await.expect("a response").status(), 204);
    assert!(tallymark_core::registry::snapshot().family("client_off_http_client_requests_total").is_none());
}

#[test]
fn bad_settings_are_errors_that_say_which() {
    let builder = tallymark_http::client_builder().namespace("client_bad");
    let error = builder.duration_buckets(&[2.0, 1.0]).build().expect_err("they do not rise");
    assert_eq!(error.to_string(), "`duration_buckets` has bounds that buckets cannot have");
    let error = tallymark_http::client_builder().namespace("no-name").build().expect_err("it is no name");
    assert!(matches!(error, tallymark_http::BuildError::Declare(_)), "{error:?}");
}

/// A client that is asked whether it is ready while it is not.
#[derive(Clone)]
struct Busy;

impl Service<Request<()>> for Busy {
    type Response = Response<()>;
    type Error = &'static str;
    type Future = std::future::Ready<Result<Response<()>, &'static str>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        Poll::Ready(Err("busy"))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        ready(Ok(Response::new(())))
    }
}

#[tokio::test]
async fn what_was_never_sent_is_no_request() {
    let space = "client_busy";
    assert_eq!(layer(space).layer(Busy).oneshot(to("http://a.example/")).await.map(drop), Err("busy"));
    assert!(sum(space, "http_client_requests_total") == 0.0 && sum(space, "http_client_errors_total") == 0.0);
}

#[tokio::test]
async fn within_a_layer_that_tries_again_each_attempt_counts() {
    let (outer, inner) = ("client_outer", "client_inner");
    let attempts = layer(inner).layer(service_fn(remote));
    let again = service_fn(move |request: Request<()>| {
        let attempts = attempts.clone();
        async move {
            let first = attempts.clone().oneshot(request).await?;
            if first.status() != StatusCode::SERVICE_UNAVAILABLE {
                return Ok(first);
            }
            attempts.oneshot(to("http://a.example/200")).await
        }
    });
    let sent = layer(outer).layer(again).oneshot(to("http://a.example/503")).await;
    assert_eq!(sent.expect("a response").status(), 200);
    assert!(
        sum(outer, "http_client_requests_total") == 1.0 && sum(inner, "http_client_requests_total") == 2.0
    );
}
