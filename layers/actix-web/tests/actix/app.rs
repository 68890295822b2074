//! The middleware for actix-web.

use actix_web::{
    App, HttpMessage, HttpRequest, HttpResponse, ResponseError,
    body::{BodySize, BoxBody, MessageBody},
    dev::{Service, ServiceResponse},
    http::StatusCode,
    test, web,
};
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};
use tallymark::{LabelSet, LabelValue};
use tallymark_actix_web::{ActixMetrics, BuildError, ErrorLabel, TransportRule, builder};

use crate::common::{assert_value, sum};

fn metrics(namespace: &str) -> ActixMetrics {
    ActixMetrics::new(builder().namespace(namespace)).expect("good settings")
}

#[derive(LabelValue, Debug)]
enum ShopError {
    OutOfStock,
}

impl fmt::Display for ShopError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sold out")
    }
}

impl ResponseError for ShopError {
    fn status_code(&self) -> StatusCode {
        StatusCode::CONFLICT
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::build(self.status_code()).body(self.to_string());
        response.extensions_mut().insert(ErrorLabel::of(self));
        response
    }
}

/// Pieces without end.
struct Endless;

impl MessageBody for Endless {
    type Error = std::convert::Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<web::Bytes, Self::Error>>> {
        Poll::Ready(Some(Ok(web::Bytes::from_static(b"piece"))))
    }
}

macro_rules! app {
    ($metrics:expr) => {
        test::init_service(
            App::new()
                .service(
                    web::scope("/shops/{shop}")
                        .route("/orders/{order}", web::get().to(async |_: HttpRequest| "an order"))
                        .route("/echo", web::post().to(async |body: web::Bytes| body)),
                )
                .route("/buy", web::post().to(async || Err::<&str, _>(ShopError::OutOfStock)))
                .route("/endless", web::get().to(async || HttpResponse::Ok().body(Endless)))
                .route("/waits", web::get().to(async || std::future::pending::<&str>().await))
                .wrap($metrics.handler_middleware())
                .wrap($metrics.middleware()),
        )
        .await
    };
}

#[tokio::test]
async fn the_same_families_with_templates_as_routes() {
    let space = "actix_routes";
    let metrics = metrics(space);
    let app = app!(metrics);
    for path in ["/shops/1/orders/2", "/shops/3/orders/4", "/shops/1/orders/2"] {
        let body = test::call_and_read_body(&app, test::TestRequest::get().uri(path).to_request()).await;
        assert_eq!(body, "an order");
    }
    let request = test::TestRequest::post().uri("/shops/1/echo").set_payload("hello").to_request();
    assert_eq!(test::call_and_read_body(&app, request).await, "hello");
    let strange = actix_web::http::Method::from_bytes(b"BREW").expect("a method");
    let request = test::TestRequest::with_uri("/none").method(strange).to_request();
    let response = test::call_service(&app, request).await;
    assert_eq!(response.status(), 404);
    test::read_body(response).await;

    let orders = "/shops/{shop}/orders/{order}";
    assert_value!(space, "http_requests_total", {method: "GET", route: orders, status: "200"}, 3);
    assert_value!(space, "http_handler_duration_seconds", {method: "GET", route: orders}, 3);
    assert_value!(space, "http_requests_total", {method: "POST", route: "/shops/{shop}/echo", status: "200"}, 1);
    assert_value!(space, "http_requests_total", {method: "other", route: "unmatched", status: "404"}, 1);
    assert_value!(space, "http_request_duration_seconds", {method: "other", route: "unmatched"}, 1);
    assert_value!(space, "http_request_body_bytes", {}, 5);
    assert_value!(space, "http_request_body_bytes_sum", {}, 5);
    assert_value!(space, "http_response_body_bytes_sum", {}, 29);
    assert_value!(space, "http_requests_received_total", {transport: "http"}, 5);
    // The default service is a handler, too.
    assert_value!(space, "http_handler_duration_seconds", {method: "other", route: "unmatched"}, 1);
    assert!(sum(space, "http_handler_duration_seconds") == 5.0);
    assert!(sum(space, "http_requests_in_flight") == 0.0);
    assert!(sum(space, "http_response_bodies_dropped_total") == 0.0);
}

#[tokio::test]
async fn errors_streams_and_cancellations() {
    let space = "actix_ends";
    let metrics = metrics(space);
    let app = app!(metrics);
    let response = test::call_service(&app, test::TestRequest::post().uri("/buy").to_request()).await;
    assert_eq!(response.status(), 409);
    assert_eq!(test::read_body(response).await, "sold out");
    assert_value!(space, "http_exceptions_total", {route: "/buy", error: "out_of_stock"}, 1);

    let response = test::call_service(&app, test::TestRequest::get().uri("/endless").to_request()).await;
    assert_value!(space, "http_streaming_responses_total", {method: "GET", route: "/endless"}, 1);
    assert_value!(space, "http_requests_in_flight", {method: "GET"}, 1);
    drop(response);
    assert_value!(space, "http_response_bodies_dropped_total", {method: "GET", route: "/endless"}, 1);
    assert_value!(space, "http_requests_in_flight", {method: "GET"}, 0);

    {
        let waits = app.call(test::TestRequest::get().uri("/waits").to_request());
        let mut waits = Box::pin(waits);
        assert!(futures::poll!(waits.as_mut()).is_pending());
        assert_value!(space, "http_requests_in_flight", {method: "GET"}, 1);
    }
    assert_value!(space, "http_requests_cancelled_total", {method: "GET", route: "/waits"}, 1);
    assert_value!(space, "http_requests_total", {method: "GET", route: "/waits", status: "none"}, 1);
    assert_value!(space, "http_handler_duration_seconds", {method: "GET", route: "/waits"}, 1);
    assert!(sum(space, "http_requests_in_flight") == 0.0);
    assert!(sum(space, "http_requests_total") == 3.0);
}

#[tokio::test]
async fn an_error_of_middleware_is_the_response_that_becomes_of_it() {
    let space = "actix_error";
    let app = test::init_service(
        App::new()
            .wrap_fn(|request, _| {
                drop(request);
                std::future::ready(Err::<ServiceResponse<BoxBody>, _>(actix_web::error::ErrorForbidden("no")))
            })
            .wrap(metrics(space).middleware()),
    )
    .await;
    assert!(app.call(test::TestRequest::get().uri("/").to_request()).await.is_err());
    assert_value!(space, "http_requests_total", {method: "GET", route: "unmatched", status: "403"}, 1);
    assert_value!(space, "http_exceptions_total", {route: "unmatched", error: "service"}, 1);
    assert!(sum(space, "http_requests_cancelled_total") == 0.0);
}

#[tokio::test]
async fn own_labels_transport_and_what_cannot_be_set() {
    #[derive(LabelSet)]
    struct Customer {
        paid: bool,
    }
    let space = "actix_labels";
    let settings = builder().namespace(space).transport(TransportRule::new().trust_all());
    let labels = |request: &actix_web::dev::ServiceRequest| Customer {
        paid: request.headers().contains_key("x-paid"),
    };
    let metrics = ActixMetrics::labelled(settings, labels).expect("good settings");
    let app = test::init_service(App::new().wrap(metrics.middleware())).await;
    let request =
        test::TestRequest::get().insert_header(("x-paid", "1")).insert_header(("x-forwarded-proto", "https"));
    let request = request.to_request();
    assert!(request.extensions().get::<ErrorLabel>().is_none());
    test::call_service(&app, request).await;
    assert_value!(space, "http_requests_received_total", {transport: "https", paid: "true"}, 1);
    assert_value!(space, "http_requests_total", {method: "GET", route: "unmatched", status: "404", paid: "true"}, 1);

    let error = ActixMetrics::new(builder().route_by(|_| None)).expect_err("not for actix");
    assert_eq!(error, BuildError::TowerOnly { setting: "route_by" });
}
