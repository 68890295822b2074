//! Labels of the application's, and the settings around them.

use std::{convert::Infallible, future::ready};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use tallymark_core::registry::DeclareError;
use tallymark_derive::{LabelSet, LabelValue};
use tallymark_http::{BuildError, PathFault, RequestBody, Transport, TransportRule};
use tower::{Layer, ServiceExt, service_fn};

use crate::common::{assert_value, request, sum};

#[derive(LabelValue, Clone, Copy, PartialEq)]
#[label(crate = tallymark_core)]
enum Plan {
    Free,
    Paid,
}

#[derive(LabelSet)]
#[label(crate = tallymark_core)]
struct Customer {
    plan: Plan,
    region: String,
    cached: bool,
}

#[tokio::test]
async fn own_labels_are_on_all_families() {
    let space = "labels_all";
    let metrics = tallymark_http::builder()
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
#[label(crate = tallymark_core)]
struct Twice {
    route: bool,
}

#[rustfmt::skip]
#[derive(LabelSet)]
#[label(crate = tallymark_core)]
#[allow(clippy::struct_excessive_bools)]
struct Many {
    a: bool, b: bool, c: bool, d: bool, e: bool, f: bool, g: bool,
    h: bool, i: bool, j: bool, k: bool, l: bool, m: bool, n: bool,
}

#[test]
fn settings_that_cannot_be_are_errors_that_say_so() {
    let error = tallymark_http::builder().duration_buckets(&[1.0, 1.0]).build().expect_err("not sorted");
    assert!(matches!(error, BuildError::Buckets { setting: "duration_buckets", .. }), "{error}");
    let error = tallymark_http::builder().size_buckets(&[f64::NAN]).build().expect_err("not a number");
    assert_eq!(report(&error).lines().count(), 2, "{}", report(&error));
    assert!(error.to_string().starts_with("`size_buckets` "), "{error}");

    let builder = tallymark_http::builder().namespace("labels_twice").labels(|_| Twice { route: true });
    let error = builder.build().expect_err("the layer has that label");
    assert!(matches!(error, BuildError::Declare(DeclareError::Name { .. })), "{error}");

    #[rustfmt::skip]
    let many = |_: &tallymark_http::RequestHead<'_>| Many {
        a: true, b: true, c: true, d: true, e: true, f: true, g: true,
        h: true, i: true, j: true, k: true, l: true, m: true, n: true,
    };
    let error = tallymark_http::builder().labels(many).build().expect_err("too many");
    assert_eq!(error, BuildError::Labels { own: 14 });

    let taken = tallymark_http::builder().namespace("Shop").build().expect_err("not a namespace");
    assert!(matches!(taken, BuildError::Declare(DeclareError::Namespace { .. })), "{taken}");
    // A report of the whole chain prints each cause once.
    assert_eq!(report(&taken).matches("Shop").count(), 1, "{}", report(&taken));

    tallymark_http::builder().namespace("labels_shared").build().expect("good settings");
    let other = tallymark_http::builder().namespace("labels_shared").duration_buckets(&[0.5, 1.0]);
    let error = report(&other.build().expect_err("the family has other buckets"));
    assert!(error.contains("different settings") && error.contains("second layer"), "{error}");
}

/// An error and its causes, a line each.
fn report(error: &BuildError) -> String {
    let mut lines = vec![error.to_string()];
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        lines.push(error.to_string());
        cause = error.source();
    }
    lines.join("\n")
}

#[test]
fn a_route_that_can_never_match_is_an_error_that_says_what_to_write() {
    for (path, fault) in [
        ("health", PathFault::NoSlash),
        ("/orders/{id}", PathFault::Pattern),
        ("/orders/:id", PathFault::Pattern),
        ("/files/*rest", PathFault::Pattern),
        ("/orders?all", PathFault::Query),
        ("/caf\u{e9}", PathFault::Characters),
    ] {
        let error = tallymark_http::builder().routes(["/orders", path]).build().expect_err(path);
        assert!(
            matches!(&error, BuildError::Path { setting: "routes", fault: found, .. } if *found == fault),
            "{error}"
        );
        let text = error.to_string();
        assert!(text.starts_with(&format!("`routes`: `{path}` ")) && text.contains(": write `"), "{text}");
    }

    // Labels of routes may be patterns, and begin with a slash; but who names routes may name them anything.
    let space = "labels_never";
    let error = tallymark_http::builder().exclude(["unmatched", "health"]).build().expect_err("no label");
    assert_eq!(error.to_string(), "`exclude`: `health` must start with `/`: write `/health`");
    let named = tallymark_http::builder().namespace(space).route_by(|_| Some("health")).exclude(["health"]);
    named.build().expect("it is a label");
    let patterns = tallymark_http::builder().namespace(space).exclude(["/orders/{id}", "unmatched"]);
    patterns.build().expect("a label may be a pattern");
}

#[tokio::test]
async fn an_excluded_path_needs_no_router_that_knows_it() {
    let space = "labels_excluded_path";
    let metrics =
        tallymark_http::builder().namespace(space).exclude(["/health"]).build().expect("good settings");
    let service = metrics
        .layer()
        .layer(service_fn(|_: Request<_>| ready(Ok::<_, Infallible>(crate::common::text("")))));
    for path in ["/health", "/healthy"] {
        service.clone().oneshot(request("GET", path)).await.expect("a response");
    }
    assert_value!(space, "http_requests_received_total", {transport: "http"}, 1);
    assert!(sum(space, "http_requests_total") == 1.0);
}

#[tokio::test]
async fn a_template_that_a_router_attached_is_the_route() {
    #[derive(Clone)]
    struct Template(&'static str);

    let space = "labels_templates";
    let metrics = tallymark_http::builder()
        .namespace(space)
        .exclude(["/internal/{id}"])
        .template_by(|extensions| Some(extensions.get::<Template>()?.0))
        .build()
        .expect("good settings");
    // A router that is within the layer, so that only its response tells.
    let router = service_fn(|request: Request<_>| {
        let mut response = crate::common::text("");
        match request.uri().path().split('/').nth(1) {
            Some("orders") => drop(response.extensions_mut().insert(Template("/orders/{id}"))),
            Some("internal") => drop(response.extensions_mut().insert(Template("/internal/{id}"))),
            _ => *response.status_mut() = http::StatusCode::NOT_FOUND,
        }
        let _: &RequestBody<Full<Bytes>> = request.body();
        ready(Ok::<_, Infallible>(response))
    });
    let service = metrics.layer().layer(router);
    for path in ["/orders/1", "/orders/2", "/internal/1", "/nowhere"] {
        service.clone().oneshot(request("GET", path)).await.expect("a response");
    }
    // One that is around it.
    let mut attached = request("GET", "/shops/1");
    attached.extensions_mut().insert(Template("/shops/{id}"));
    service.clone().oneshot(attached).await.expect("a response");

    assert_value!(space, "http_requests_total", {method: "GET", route: "/orders/{id}", status: "200"}, 2);
    assert_value!(space, "http_request_duration_seconds", {method: "GET", route: "/orders/{id}"}, 2);
    assert_value!(space, "http_requests_total", {method: "GET", route: "/shops/{id}", status: "404"}, 1);
    assert_value!(space, "http_requests_total", {method: "GET", route: "unmatched", status: "404"}, 1);
    assert!(sum(space, "http_requests_total") == 4.0, "an excluded route is left out");
    assert!(sum(space, "http_requests_in_flight") == 0.0);
}

#[tokio::test]
async fn the_transport_is_what_the_rule_says() {
    let space = "labels_transport";
    let rule = TransportRule::new().listener(Transport::Http).trust_all();
    let metrics = tallymark_http::builder().namespace(space).transport(rule).build().expect("good settings");
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
    let metrics = tallymark_http::builder()
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
