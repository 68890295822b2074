//! The families with django-prometheus' names.

use axum::{
    Extension, Router,
    body::Body,
    http::{Request, StatusCode, header},
    routing::{get, post},
};
use http_body_util::BodyExt;
use tallymark_axum::{ErrorLabel, Install, TemplateName};
use tallymark_core::{Kind, Naming, registry, snapshot::Value};
use tower::ServiceExt;

use crate::common::{Pieces, assert_value, sum};

/// Names, labels and help texts as django-prometheus 2.5.0 exports them.
const FAMILIES: [(&str, Kind, &[&str], &str); 19] = [
    (
        "http_requests_before_middlewares_total",
        Kind::Counter,
        &[],
        "Total count of requests before middlewares run.",
    ),
    (
        "http_responses_before_middlewares_total",
        Kind::Counter,
        &[],
        "Total count of responses before middlewares run.",
    ),
    (
        "http_requests_latency_including_middlewares_seconds",
        Kind::Histogram,
        &[],
        "Histogram of requests processing time (including middleware processing time).",
    ),
    (
        "http_requests_unknown_latency_including_middlewares_total",
        Kind::Counter,
        &[],
        "Count of requests for which the latency was unknown (when computing \
         django_http_requests_latency_including_middlewares_seconds).",
    ),
    (
        "http_requests_latency_seconds_by_view_method",
        Kind::Histogram,
        &["view", "method"],
        "Histogram of request processing time labelled by view.",
    ),
    (
        "http_requests_unknown_latency_total",
        Kind::Counter,
        &[],
        "Count of requests for which the latency was unknown.",
    ),
    ("http_ajax_requests_total", Kind::Counter, &[], "Count of AJAX requests."),
    ("http_requests_total_by_method_total", Kind::Counter, &["method"], "Count of requests by method."),
    (
        "http_requests_total_by_transport_total",
        Kind::Counter,
        &["transport"],
        "Count of requests by transport.",
    ),
    (
        "http_requests_total_by_view_transport_method_total",
        Kind::Counter,
        &["view", "transport", "method"],
        "Count of requests by view, transport, method.",
    ),
    ("http_requests_body_total_bytes", Kind::Histogram, &[], "Histogram of requests by body size."),
    (
        "http_responses_total_by_templatename_total",
        Kind::Counter,
        &["templatename"],
        "Count of responses by template name.",
    ),
    ("http_responses_total_by_status_total", Kind::Counter, &["status"], "Count of responses by status."),
    (
        "http_responses_total_by_status_view_method_total",
        Kind::Counter,
        &["status", "view", "method"],
        "Count of responses by status, view, method.",
    ),
    ("http_responses_body_total_bytes", Kind::Histogram, &[], "Histogram of responses by body size."),
    ("http_responses_total_by_charset_total", Kind::Counter, &["charset"], "Count of responses by charset."),
    ("http_responses_streaming_total", Kind::Counter, &[], "Count of streaming responses."),
    ("http_exceptions_total_by_type_total", Kind::Counter, &["type"], "Count of exceptions by object type."),
    ("http_exceptions_total_by_view_total", Kind::Counter, &["view"], "Count of exceptions by view."),
];

fn app(builder: tallymark_axum::Builder) -> Router {
    let routes = Router::new()
        .route(
            "/orders/{id}",
            get(async || (Extension(TemplateName("order.html")), axum::response::Html("an order"))),
        )
        .route("/buy", post(async || (StatusCode::BAD_REQUEST, Extension(ErrorLabel::named("OutOfStock")))))
        .route("/stream", get(async || Body::new(Pieces::of(2))));
    let metrics = builder.naming(Naming::Django).build().expect("good settings");
    Install::new(metrics).without_route().around(routes, |routes| routes)
}

async fn send(app: &Router, method: &str, path: &str, body: &'static str) {
    let request = Request::builder().method(method).uri(path).header("x-requested-with", "XMLHttpRequest");
    let request = request.body(Body::from(body)).expect("a request");
    let Ok(response) = app.clone().oneshot(request).await;
    if path == "/orders/1" {
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
    }
    response.into_body().collect().await.expect("a body");
}

#[tokio::test]
async fn nineteen_families_with_exact_names_labels_and_help() {
    let app = app(tallymark_axum::builder());
    for (method, path, body) in
        [("GET", "/orders/1", ""), ("POST", "/buy", "two"), ("GET", "/stream", ""), ("BREW", "/none", "")]
    {
        send(&app, method, path, body).await;
    }
    let snapshot = registry::snapshot();
    for (name, kind, labels, help) in FAMILIES {
        let family =
            snapshot.family(&format!("django_{name}")).unwrap_or_else(|| panic!("django_{name} is missing"));
        assert_eq!((family.kind, family.help.as_str()), (kind, help), "{name}");
        for series in &family.series {
            let names: Vec<&str> = series.labels.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, labels, "{name}");
        }
        assert!(!family.series.is_empty(), "{name}");
    }
    let others = snapshot.families().iter().filter(|family| family.name.starts_with("django_http_"));
    assert_eq!(others.count(), FAMILIES.len());

    let space = "django";
    let view = "/orders/{id}";
    assert_value!(space, "http_requests_before_middlewares_total", {}, 4);
    assert_value!(space, "http_responses_before_middlewares_total", {}, 4);
    assert_value!(space, "http_requests_latency_including_middlewares_seconds", {}, 4);
    assert_value!(space, "http_requests_unknown_latency_total", {}, 0);
    assert_value!(space, "http_requests_latency_seconds_by_view_method", {view: view, method: "GET"}, 1);
    assert_value!(space, "http_ajax_requests_total", {}, 4);
    assert_value!(space, "http_requests_total_by_method_total", {method: "<invalid method>"}, 1);
    assert_value!(space, "http_requests_total_by_transport_total", {transport: "http"}, 4);
    assert_value!(space, "http_requests_total_by_view_transport_method_total",
        {view: view, transport: "http", method: "GET"}, 1);
    assert!(sum(space, "http_requests_total_by_view_transport_method_total") == 3.0);
    assert_value!(space, "http_requests_body_total_bytes", {}, 4);
    assert_value!(space, "http_requests_body_total_bytes_sum", {}, 0);
    assert_value!(space, "http_responses_total_by_templatename_total", {templatename: "order.html"}, 1);
    assert_value!(space, "http_responses_total_by_status_total", {status: "200"}, 2);
    assert_value!(space, "http_responses_total_by_status_view_method_total",
        {status: "404", view: "<unnamed view>", method: "<invalid method>"}, 1);
    assert_value!(space, "http_responses_body_total_bytes_sum", {}, 18);
    assert_value!(space, "http_responses_total_by_charset_total", {charset: "utf-8"}, 1);
    assert_value!(space, "http_responses_streaming_total", {}, 1);
    assert_value!(space, "http_exceptions_total_by_type_total", {type: "OutOfStock"}, 1);
    assert_value!(space, "http_exceptions_total_by_view_total", {view: "/buy"}, 1);

    let bounds = |name: &str| match &snapshot.family(name).expect("it is there").series[0].value {
        Value::Histogram(histogram) => histogram.bounds.clone(),
        other => panic!("{other:?}"),
    };
    let latency =
        [0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 25.0, 50.0, 75.0];
    assert_eq!(bounds("django_http_requests_latency_including_middlewares_seconds"), latency);
    let powers: Vec<f64> = [0.0].into_iter().chain((0..30).map(|power| 2.0_f64.powi(power))).collect();
    assert_eq!(bounds("django_http_requests_body_total_bytes"), powers);
    assert_eq!(registry::check(), Ok(()));
}

#[tokio::test]
async fn what_it_does_wrong_is_done_when_asked_for() {
    let latencies = "django_http_requests_latency_seconds_by_view_method";
    for (space, quirks, observed) in [("quirks_off", false, 1), ("quirks_on", true, 2)] {
        let app = app(tallymark_axum::builder().namespace(space).django_quirks(quirks));
        send(&app, "POST", "/buy", "").await;
        assert_value!(space, latencies, {view: "/buy", method: "POST"}, observed);
        assert_value!(space, "django_http_exceptions_total_by_type_total", {type: "OutOfStock"}, 1);
        assert_value!(space, "django_http_requests_latency_including_middlewares_seconds", {}, 1);
    }
}

#[tokio::test]
async fn without_a_layer_at_the_handlers_the_outer_one_observes_them() {
    let metrics =
        tallymark_axum::builder().namespace("outer").naming(Naming::Django).build().expect("good settings");
    let app = Install::new(metrics).on(Router::new().route("/", get(async || "hello")));
    send(&app, "GET", "/", "").await;
    let latencies = "django_http_requests_latency_seconds_by_view_method";
    assert_value!("outer", latencies, {view: "/", method: "GET"}, 1);
}

#[tokio::test]
async fn a_fallback_is_the_unnamed_view() {
    let app = app(tallymark_axum::builder().namespace("fallback"));
    send(&app, "GET", "/nowhere", "").await;
    let latencies = "django_http_requests_latency_seconds_by_view_method";
    assert_value!("fallback", latencies, {view: "<unnamed view>", method: "GET"}, 1);
    assert!(sum("fallback", "django_http_requests_total_by_view_transport_method_total") == 0.0);
}
