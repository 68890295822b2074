//! The route is the one that took the request, which is known when there is a response.

use actix_web::{
    App, HttpResponse, guard,
    middleware::NormalizePath,
    test::{self, TestRequest},
    web,
};
use tallymark_actix_web::{ActixMetrics, builder};

use crate::common::{assert_value, sum};

fn metrics(namespace: &str) -> ActixMetrics {
    ActixMetrics::new(builder().namespace(namespace)).expect("good settings")
}

async fn order() -> &'static str {
    "an order"
}

#[tokio::test]
async fn a_path_that_middleware_rewrites_has_the_route_that_it_then_fits() {
    let space = "routing_normalized";
    let metrics = metrics(space);
    let app = App::new()
        .route("/orders/{id}", web::get().to(order))
        .wrap(metrics.handler_middleware())
        .wrap(NormalizePath::trim())
        .wrap(metrics.middleware());
    let app = test::init_service(app).await;
    for path in ["/orders/7", "/orders/7/"] {
        assert_eq!(
            test::call_and_read_body(&app, TestRequest::with_uri(path).to_request()).await,
            "an order"
        );
    }
    assert_value!(space, "http_requests_total", {method: "GET", route: "/orders/{id}", status: "200"}, 2);
    assert_value!(space, "http_handler_duration_seconds", {method: "GET", route: "/orders/{id}"}, 2);
    assert!(sum(space, "http_requests_total") == 2.0);
}

#[tokio::test]
async fn resources_that_guards_tell_apart_have_their_own_routes() {
    let space = "routing_guards";
    let metrics = metrics(space);
    let app = App::new()
        .service(
            web::resource("/{first}")
                .guard(guard::Header("x-kind", "first"))
                .route(web::get().to(async || HttpResponse::Ok())),
        )
        .service(web::resource("/{second}").route(web::get().to(async || HttpResponse::Accepted())))
        .wrap(metrics.handler_middleware())
        .wrap(metrics.middleware());
    let app = test::init_service(app).await;
    // The same path, by turns, so that what was seen lately would be wrong half of the time.
    for _ in 0..2 {
        let first = TestRequest::with_uri("/thing").insert_header(("x-kind", "first"));
        assert_eq!(test::call_service(&app, first.to_request()).await.status(), 200);
        assert_eq!(
            test::call_service(&app, TestRequest::with_uri("/thing").to_request()).await.status(),
            202
        );
    }
    assert_value!(space, "http_requests_total", {method: "GET", route: "/{first}", status: "200"}, 2);
    assert_value!(space, "http_requests_total", {method: "GET", route: "/{second}", status: "202"}, 2);
    assert_value!(space, "http_handler_duration_seconds", {method: "GET", route: "/{first}"}, 2);
    assert_value!(space, "http_handler_duration_seconds", {method: "GET", route: "/{second}"}, 2);
}

#[tokio::test]
async fn exclusion_is_by_the_route_that_took_the_request() {
    let space = "routing_excluded";
    let settings = builder().namespace(space).exclude(["/health", "/{page}"]);
    let metrics = ActixMetrics::new(settings).expect("good settings");
    let app = App::new()
        .service(
            web::resource("/{page}")
                .guard(guard::Header("x-kind", "page"))
                .route(web::get().to(async || HttpResponse::Ok())),
        )
        .service(web::resource("/health").route(web::get().to(async || HttpResponse::Ok())))
        .service(web::resource("/{thing}").route(web::get().to(async || HttpResponse::Ok())))
        .wrap(metrics.handler_middleware())
        .wrap(metrics.middleware());
    let app = test::init_service(app).await;
    let page = TestRequest::with_uri("/thing").insert_header(("x-kind", "page")).to_request();
    for request in [page, TestRequest::with_uri("/health").to_request()] {
        assert_eq!(test::call_service(&app, request).await.status(), 200);
    }
    for nothing in [
        "http_requests_total",
        "http_requests_received_total",
        "http_handler_duration_seconds",
        "http_request_duration_seconds",
        "http_requests_in_flight",
    ] {
        assert!(sum(space, nothing) == 0.0, "{nothing}");
    }
    // The first resource that this fits is excluded, and its guard keeps it from taking the request.
    let thing = test::call_service(&app, TestRequest::with_uri("/thing").to_request()).await;
    test::read_body(thing).await;
    assert_value!(space, "http_requests_total", {method: "GET", route: "/{thing}", status: "200"}, 1);
    assert_value!(space, "http_requests_received_total", {transport: "http"}, 1);
    assert_value!(space, "http_handler_duration_seconds", {method: "GET", route: "/{thing}"}, 1);
    assert_value!(space, "http_response_body_bytes", {}, 1);
    assert!(sum(space, "http_requests_in_flight") == 0.0);
}

#[tokio::test]
async fn the_default_service_is_a_handler() {
    let space = "routing_default";
    let metrics = metrics(space);
    let app = App::new()
        .route("/orders/{id}", web::get().to(order))
        .default_service(web::to(async || HttpResponse::NotFound().body("nothing here")))
        .wrap(metrics.handler_middleware())
        .wrap(metrics.middleware());
    let app = test::init_service(app).await;
    let body = test::call_and_read_body(&app, TestRequest::with_uri("/nowhere").to_request()).await;
    assert_eq!(body, "nothing here");
    assert_value!(space, "http_requests_total", {method: "GET", route: "unmatched", status: "404"}, 1);
    assert_value!(space, "http_handler_duration_seconds", {method: "GET", route: "unmatched"}, 1);
}

#[tokio::test]
async fn a_measured_scope_in_a_measured_application_counts_once() {
    let space = "routing_scope";
    let (outer, inner) = (metrics(space), metrics(space));
    let scope = web::scope("/shops/{shop}")
        .route("/orders/{id}", web::get().to(order))
        .wrap(inner.handler_middleware())
        .wrap(inner.middleware());
    let app = App::new().service(scope).wrap(outer.handler_middleware()).wrap(outer.middleware());
    let app = test::init_service(app).await;
    let request = TestRequest::with_uri("/shops/1/orders/7").to_request();
    assert_eq!(test::call_and_read_body(&app, request).await, "an order");
    let route = "/shops/{shop}/orders/{id}";
    assert_value!(space, "http_requests_total", {method: "GET", route: route, status: "200"}, 1);
    assert_value!(space, "http_handler_duration_seconds", {method: "GET", route: route}, 1);
    assert_value!(space, "http_requests_received_total", {transport: "http"}, 1);
    assert_value!(space, "http_response_body_bytes", {}, 1);
    assert_value!(space, "http_request_body_bytes", {}, 1);
    assert!(sum(space, "http_handler_duration_seconds") == 1.0 && sum(space, "http_requests_total") == 1.0);
}
