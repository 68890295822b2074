//! Through axum's router: routes, nesting, fallbacks, and where the layers end up.

use axum::{
    Extension, Router,
    body::Body,
    http::{Request, StatusCode},
    middleware::{Next, from_fn},
    response::IntoResponse,
    routing::{get, post},
};
use http_body_util::BodyExt;
use tallymark::{
    Counter, LabelValue, place,
    registry::{Declaration, Registry},
};
use tallymark_axum::{ErrorLabel, Install, RouterExt, exporter};
use tower::ServiceExt;

use crate::common::{assert_value, sum, value};

fn install(namespace: &str) -> Install {
    Install::new(tallymark_axum::builder().namespace(namespace).build().expect("good settings"))
}

async fn send(app: &Router, method: &str, path: &str) -> (u16, String) {
    let request = Request::builder().method(method).uri(path).body(Body::empty()).expect("a request");
    let Ok(response) = app.clone().oneshot(request).await;
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.expect("a body").to_bytes();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

#[tokio::test]
async fn routes_are_templates_wherever_they_are() {
    let space = "axum_routes";
    let inner =
        Router::new().route("/{order}", get(async || "order").delete(async || StatusCode::NO_CONTENT));
    let deep = Router::new().nest("/orders", inner);
    let app = Router::new()
        .route("/", get(async || "home"))
        .nest("/shops/{shop}", deep)
        .merge(Router::new().route("/about", get(async || "about")))
        .nest_service(
            "/files",
            tower::service_fn(async |_: Request<Body>| {
                Ok::<_, std::convert::Infallible>("a file".into_response())
            }),
        )
        .fallback(async || (StatusCode::NOT_FOUND, "nothing here"));
    let app = install(space).on(app);

    for shop in ["1", "2"] {
        assert_eq!(send(&app, "GET", &format!("/shops/{shop}/orders/7")).await, (200, "order".to_owned()));
    }
    send(&app, "DELETE", "/shops/1/orders/7").await;
    send(&app, "GET", "/").await;
    send(&app, "GET", "/about").await;
    assert_eq!(send(&app, "PUT", "/about").await.0, 405);
    assert_eq!(send(&app, "GET", "/no/such/thing").await.0, 404);
    assert_eq!(send(&app, "GET", "/files/a.txt").await.0, 200);

    let template = "/shops/{shop}/orders/{order}";
    assert_value!(space, "http_requests_total", {method: "GET", route: template, status: "200"}, 2);
    assert_value!(space, "http_requests_total", {method: "DELETE", route: template, status: "204"}, 1);
    assert_value!(space, "http_requests_total", {method: "GET", route: "/", status: "200"}, 1);
    assert_value!(space, "http_requests_total", {method: "GET", route: "/about", status: "200"}, 1);
    assert_value!(space, "http_requests_total", {method: "PUT", route: "/about", status: "405"}, 1);
    assert_value!(space, "http_requests_total", {method: "GET", route: "unmatched", status: "404"}, 1);
    // axum keeps the template of a nested service to itself.
    assert_value!(space, "http_requests_total", {method: "GET", route: "unmatched", status: "200"}, 1);
    assert!(sum(space, "http_requests_total") == 8.0);
}

#[tokio::test]
async fn one_line_serves_the_metrics_and_does_not_count_the_scrape() {
    let app = Router::new().route("/one/line", get(async || "hello")).with_metrics().expect("free names");
    send(&app, "GET", "/one/line").await;
    for _ in 0..2 {
        let (status, text) = send(&app, "GET", "/metrics").await;
        assert_eq!(status, 200);
        let line = "http_requests_total{method=\"GET\",route=\"/one/line\",status=\"200\"} 1\n";
        assert!(text.contains(line), "{text}");
        assert!(!text.contains("route=\"/metrics\""), "{text}");
    }
    assert_eq!(tallymark_core::registry::check(), Ok(()));
}

#[tokio::test]
async fn handlers_are_measured_inside_the_middleware() {
    let space = "axum_around";
    let routes = Router::new().route("/made", get(async || "made")).route("/denied", get(async || "made"));
    let app = install(space).path("/prom/metrics").around(routes, |routes| {
        routes.layer(from_fn(async |request: Request<Body>, next: Next| match request.uri().path() {
            "/denied" => StatusCode::FORBIDDEN.into_response(),
            _ => next.run(request).await,
        }))
    });
    for path in ["/made", "/made", "/denied", "/elsewhere"] {
        send(&app, "GET", path).await;
    }
    assert_eq!(send(&app, "GET", "/prom/metrics").await.0, 200);
    let labels = [("method", "GET"), ("route", "/made")];
    let all = value(space, "http_request_duration_seconds_sum", &labels);
    let handler = value(space, "http_handler_duration_seconds_sum", &labels);
    assert!(all >= handler && handler > 0.0, "{all} {handler}");
    assert_value!(space, "http_request_duration_seconds", {method: "GET", route: "/made"}, 2);
    assert_value!(space, "http_request_duration_seconds", {method: "GET", route: "/denied"}, 1);
    assert_value!(space, "http_request_duration_seconds", {method: "GET", route: "unmatched"}, 1);
    // The middleware never called the handler of the one. A fallback is a handler.
    assert_value!(space, "http_handler_duration_seconds", {method: "GET", route: "/made"}, 2);
    assert_value!(space, "http_handler_duration_seconds", {method: "GET", route: "unmatched"}, 1);
    assert!(sum(space, "http_handler_duration_seconds") == 3.0);
}

#[tokio::test]
async fn an_empty_router_can_be_measured() {
    let space = "axum_empty";
    let app = install(space).without_route().around(Router::new(), |routes| routes);
    assert_eq!(send(&app, "GET", "/metrics").await.0, 404);
    assert_value!(space, "http_requests_total", {method: "GET", route: "unmatched", status: "404"}, 1);
}

#[tokio::test]
async fn a_head_is_answered_and_counted_as_one() {
    let space = "axum_head";
    let app = install(space).on(Router::new().route("/", get(async || "hello")));
    assert_eq!(send(&app, "HEAD", "/").await, (200, String::new()));
    assert_value!(space, "http_requests_total", {method: "HEAD", route: "/", status: "200"}, 1);
    assert_value!(space, "http_response_body_bytes", {}, 1);
    assert_value!(space, "http_response_body_bytes_sum", {}, 0);
    assert!(sum(space, "http_response_bodies_dropped_total") == 0.0);
    assert!(sum(space, "http_requests_in_flight") == 0.0);
}

#[derive(LabelValue)]
enum ShopError {
    OutOfStock,
}

impl IntoResponse for ShopError {
    fn into_response(self) -> axum::response::Response {
        (StatusCode::CONFLICT, Extension(ErrorLabel::of(&self)), "sold out").into_response()
    }
}

#[tokio::test]
async fn errors_of_handlers_have_their_names() {
    let space = "axum_errors";
    let buy = async || -> Result<&'static str, ShopError> { Err(ShopError::OutOfStock) };
    let app = install(space).on(Router::new().route("/buy", post(buy)));
    assert_eq!(send(&app, "POST", "/buy").await, (409, "sold out".to_owned()));
    assert_value!(space, "http_exceptions_total", {route: "/buy", error: "out_of_stock"}, 1);
    assert_value!(space, "http_requests_total", {method: "POST", route: "/buy", status: "409"}, 1);
}

#[tokio::test]
async fn hyperdjango_finds_its_names() {
    let metrics = tallymark_axum::builder().hyperdjango("1.2.3").build().expect("good settings");
    let app = Install::new(metrics).on(Router::new().route("/", get(async || "hello")));
    send(&app, "GET", "/").await;
    let (_, text) = send(&app, "GET", "/metrics").await;
    for line in [
        "hyperdjango_info{version=\"1.2.3\"} 1\n",
        "# TYPE hyperdjango_uptime_seconds gauge\n",
        "# TYPE hyperdjango_process_start_time_seconds gauge\n",
        "hyperdjango_http_requests_total{method=\"GET\",route=\"/\",status=\"200\"} 1\n",
        "hyperdjango_http_request_duration_seconds_bucket{method=\"GET\",route=\"/\",le=\"0.001\"} ",
        "hyperdjango_http_requests_in_flight{method=\"GET\"} 0\n",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    let bounds = text.lines().filter(|line| {
        line.starts_with("hyperdjango_http_request_duration_seconds_bucket") && !line.contains("+Inf")
    });
    assert_eq!(bounds.count(), 12);
}

#[tokio::test]
async fn the_route_serves_a_registry_beside_that_of_the_program() {
    let tenant = Registry::new();
    let declaration = Declaration::new("axum_orders_total", "Orders.", place!()).registry(tenant);
    declaration.declare(Counter::<()>::new).expect("a good name").inc_by(3);
    let service = exporter::builder().registry(tenant).service().expect("good settings");
    let app = install("axum_tenant").endpoint(service).on(Router::new().route("/", get(async || "hello")));
    send(&app, "GET", "/").await;
    let expected =
        "# HELP axum_orders_total Orders.\n# TYPE axum_orders_total counter\naxum_orders_total 3\n";
    assert_eq!(send(&app, "GET", "/metrics").await, (200, expected.to_owned()));
    assert_value!("axum_tenant", "http_requests_total", {method: "GET", route: "/", status: "200"}, 1);
}
