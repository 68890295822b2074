//! Labels of the application's, and the settings around them.

use std::{convert::Infallible, future::ready};

use axum::http::{Request, Response};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use tallymark::{
    LabelSet, LabelValue,
    http::{self, BuildError, Transport, TransportRule},
    registry::DeclareError,
};
use tower::{Layer, ServiceExt, service_fn};

use crate::common::{assert_value, request, sum};

#[derive(LabelValue, Clone, Copy, PartialEq)]
enum Plan {
    Free,
    Paid,
}

#[derive(LabelSet)]
struct Customer {
    plan: Plan,
    region: String,
    cached: bool,
}

#[tokio::test]
async fn own_labels_are_on_all_families() {
    let space = "labels_all";
    let metrics = http::builder()
        .namespace(space)
        .labels(|request| Customer {
            plan: if request.headers.contains_key("x-paid") { Plan::Paid } else { Plan::Free },
            region: if request.uri.path().starts_with("/eu") { "eu" } else { "elsewhere" }.to_owned(),
            cached: false,
        })
        .response_labels(|labels, response| labels.cached = response.headers.contains_key("age"))
        .build()
        .expect("good settings");
    let handler = service_fn(|_: Request<_>| {
        let response = Response::builder().header("age", "1").body(Full::<Bytes>::from("hi"));
        ready(Ok::<_, Infallible>(response.expect("a response")))
    });
    let service = metrics.layer().layer(metrics.handler_layer().layer(handler));
    for (path, paid) in [("/eu/1", true), ("/eu/2", true), ("/us", false)] {
        let mut request = request("GET", path);
        if paid {
            request.headers_mut().insert("x-paid", "1".parse().expect("a value"));
        }
        let response = service.clone().oneshot(request).await.expect("a response");
        response.into_body().collect().await.expect("a body");
    }
    let labels = [("method", "GET"), ("route", "unmatched"), ("status", "200")];
    let eu = [("plan", "paid"), ("region", "eu"), ("cached", "true")];
    let all: Vec<_> = labels.into_iter().chain(eu).collect();
    assert!((crate::common::value(space, "http_requests_total", &all) - 2.0).abs() < 1e-9);
    assert_value!(space, "http_request_duration_seconds",
        {method: "GET", route: "unmatched", plan: "paid", region: "eu", cached: "true"}, 2);
    // What is counted before the response has the labels of the request.
    assert_value!(space, "http_requests_received_total",
        {transport: "http", plan: "paid", region: "eu", cached: "false"}, 2);
    assert_value!(space, "http_handler_duration_seconds",
        {method: "GET", route: "unmatched", plan: "free", region: "elsewhere", cached: "false"}, 1);
    assert_value!(space, "http_response_body_bytes_sum", {plan: "paid", region: "eu", cached: "true"}, 4);
    assert!(sum(space, "http_requests_in_flight") == 0.0);
}

#[derive(LabelSet)]
struct Twice {
    route: bool,
}

#[rustfmt::skip]
#[derive(LabelSet)]
#[allow(clippy::struct_excessive_bools)]
struct Many {
    a: bool, b: bool, c: bool, d: bool, e: bool, f: bool, g: bool,
    h: bool, i: bool, j: bool, k: bool, l: bool, m: bool, n: bool,
}

#[test]
fn settings_that_cannot_be_are_errors_that_say_so() {
    let error = http::builder().duration_buckets(&[1.0, 1.0]).build().expect_err("not sorted");
    assert!(matches!(error, BuildError::Buckets { setting: "duration_buckets", .. }), "{error}");
    let error = http::builder().size_buckets(&[f64::NAN]).build().expect_err("not a number");
    assert!(error.to_string().starts_with("`size_buckets`: "), "{error}");

    let builder = http::builder().namespace("labels_twice").labels(|_| Twice { route: true });
    let error = builder.build().expect_err("the layer has that label");
    assert!(error.to_string().contains("a label name stands twice"), "{error}");

    #[rustfmt::skip]
    let many = |_: &http::RequestHead<'_>| Many {
        a: true, b: true, c: true, d: true, e: true, f: true, g: true,
        h: true, i: true, j: true, k: true, l: true, m: true, n: true,
    };
    let error = http::builder().labels(many).build().expect_err("too many");
    assert_eq!(error, BuildError::Labels { own: 14 });

    let error = http::builder().routes(["/orders", "health"]).build().expect_err("no path");
    assert_eq!(error.to_string(), "`routes`: `health` is the path of no request: write `/health`");

    let taken = http::builder().namespace("Shop").build().expect_err("not a namespace");
    assert!(matches!(taken, BuildError::Declare(DeclareError::Namespace { .. })), "{taken}");
    // What a report of the whole chain prints, it prints once.
    assert!(std::error::Error::source(&taken).is_none(), "{taken}");

    http::builder().namespace("labels_shared").build().expect("good settings");
    let other = http::builder().namespace("labels_shared").duration_buckets(&[0.5, 1.0]);
    let error = other.build().expect_err("the family has other buckets").to_string();
    assert!(error.contains("different settings") && error.contains("second layer"), "{error}");
}

#[tokio::test]
async fn the_transport_is_what_the_rule_says() {
    let space = "labels_transport";
    let rule = TransportRule::new().listener(Transport::Http).trust_all();
    let metrics = http::builder().namespace(space).transport(rule).build().expect("good settings");
    let service = metrics
        .layer()
        .layer(service_fn(|_: Request<_>| ready(Ok::<_, Infallible>(crate::common::text("")))));
    for proto in ["https", "http", "\u{fe}", "https,http", ""] {
        let mut request = request("GET", "/");
        let value = proto.as_bytes().try_into().expect("a value");
        request.headers_mut().insert("x-forwarded-proto", value);
        service.clone().oneshot(request).await.expect("a response");
    }
    assert_value!(space, "http_requests_received_total", {transport: "https"}, 1);
    assert_value!(space, "http_requests_received_total", {transport: "http"}, 4);
}

#[tokio::test]
async fn routes_can_be_named_by_the_program() {
    let space = "labels_routes";
    let metrics = http::builder()
        .namespace(space)
        .routes(["/b"])
        .route_by(|request| request.uri.path().starts_with("/files/").then_some("/files/{*file}"))
        .build()
        .expect("good settings");
    let service = metrics
        .layer()
        .layer(service_fn(|_: Request<_>| ready(Ok::<_, Infallible>(crate::common::text("")))));
    for path in ["/files/1", "/files/2", "/b", "/b/", "/c"] {
        service.clone().oneshot(request("GET", path)).await.expect("a response");
    }
    assert_value!(space, "http_requests_total", {method: "GET", route: "/files/{*file}", status: "200"}, 2);
    assert_value!(space, "http_requests_total", {method: "GET", route: "/b", status: "200"}, 1);
    assert_value!(space, "http_requests_total", {method: "GET", route: "unmatched", status: "200"}, 2);
}
