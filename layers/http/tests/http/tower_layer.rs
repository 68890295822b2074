//! The layer around tower services, without a server.

use std::{
    convert::Infallible,
    future::{pending, ready},
    io,
    panic::AssertUnwindSafe,
    pin::pin,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use futures::FutureExt;
use http::{Request, Response};
use http_body::Body as _;
use http_body_util::{BodyExt, Full};
use tallymark_http::{ErrorLabel, HttpFamily, HttpMetrics, RequestBody};
use tower::{Layer, Service, ServiceExt, service_fn};

use crate::common::{BoxBody, Pieces, assert_value, boxed, request, status, sum, text, value, with_body};

type Incoming = Request<RequestBody<Full<Bytes>>>;

fn metrics(namespace: &str) -> HttpMetrics {
    tallymark_http::builder().namespace(namespace).routes(["/a", "/b"]).build().expect("good settings")
}

/// Answers as the path says.
async fn answer(request: Incoming) -> Result<Response<BoxBody>, io::Error> {
    let path = request.uri().path().to_owned();
    match path.as_str() {
        "/a" => {
            let body = request.into_body().collect().await.expect("it never fails").to_bytes();
            Ok(Response::new(boxed(Full::from(body))))
        }
        "/b" => Ok(status(204)),
        "/fails" => Err(io::Error::other("no")),
        "/waits" => pending().await,
        "/panics" => panic!("as asked for"),
        _ => Ok(status(404)),
    }
}

async fn send<S, B>(service: &S, request: Request<Full<Bytes>>) -> Option<(u16, Bytes)>
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>> + Clone,
    B: http_body::Body<Data = Bytes>,
{
    let response = service.clone().oneshot(request).await.ok()?;
    let status = response.status().as_u16();
    Some((status, response.into_body().collect().await.ok()?.to_bytes()))
}

#[tokio::test]
async fn every_request_is_counted_once() {
    let space = "tower_once";
    let service = metrics(space).layer().layer(service_fn(answer));
    assert_eq!(send(&service, with_body("POST", "/a", "hello")).await, Some((200, "hello".into())));
    assert_eq!(send(&service, with_body("POST", "/a", "you")).await, Some((200, "you".into())));
    assert_eq!(send(&service, request("GET", "/b")).await, Some((204, Bytes::new())));
    assert_eq!(send(&service, request("BREW", "/somewhere/else")).await, Some((404, Bytes::new())));

    assert_value!(space, "http_requests_total", {method: "POST", route: "/a", status: "200"}, 2);
    assert_value!(space, "http_requests_total", {method: "GET", route: "/b", status: "204"}, 1);
    assert_value!(space, "http_requests_total", {method: "other", route: "unmatched", status: "404"}, 1);
    assert_value!(space, "http_request_duration_seconds", {method: "POST", route: "/a"}, 2);
    assert_value!(space, "http_requests_received_total", {transport: "http"}, 4);
    assert_value!(space, "http_request_body_bytes", {}, 4);
    assert_value!(space, "http_request_body_bytes_sum", {}, 8);
    assert_value!(space, "http_response_body_bytes", {}, 4);
    assert_value!(space, "http_response_body_bytes_sum", {}, 8);
    for nothing in [
        "http_requests_in_flight",
        "http_requests_cancelled_total",
        "http_response_bodies_dropped_total",
        "http_exceptions_total",
        "http_streaming_responses_total",
        "http_handler_duration_seconds",
        "grpc_requests_total",
    ] {
        assert!(sum(space, nothing) == 0.0, "{nothing}");
    }
}

#[tokio::test]
async fn an_error_of_the_service_is_one_request_without_a_status() {
    let space = "tower_error";
    let service = metrics(space).layer().layer(service_fn(answer));
    assert_eq!(send(&service, request("GET", "/fails")).await, None);
    assert_value!(space, "http_requests_total", {method: "GET", route: "unmatched", status: "none"}, 1);
    assert_value!(space, "http_exceptions_total", {route: "unmatched", error: "service"}, 1);
    assert_value!(space, "http_request_duration_seconds", {method: "GET", route: "unmatched"}, 1);
    assert!(sum(space, "http_requests_cancelled_total") == 0.0);
    assert!(sum(space, "http_requests_in_flight") == 0.0);
}

#[test]
fn a_dropped_future_is_a_cancelled_request() {
    let space = "tower_cancelled";
    let mut service = metrics(space).layer().layer(service_fn(answer));
    let mut context = Context::from_waker(Waker::noop());
    {
        let mut polled = pin!(service.call(request("GET", "/waits")));
        assert!(polled.as_mut().poll(&mut context).is_pending());
        assert_value!(space, "http_requests_in_flight", {method: "GET"}, 1);
        // The bodies of both are dropped as well; neither is a response.
        drop(service.call(request("GET", "/waits")));
    }
    assert_value!(space, "http_requests_cancelled_total", {method: "GET", route: "unmatched"}, 2);
    assert_value!(space, "http_requests_total", {method: "GET", route: "unmatched", status: "none"}, 2);
    assert_value!(space, "http_request_duration_seconds", {method: "GET", route: "unmatched"}, 2);
    assert_value!(space, "http_requests_in_flight", {method: "GET"}, 0);
    assert!(sum(space, "http_exceptions_total") == 0.0);
    assert!(sum(space, "http_response_body_bytes") == 0.0);
}

#[tokio::test]
async fn a_panic_is_an_exception_and_not_a_cancellation() {
    let space = "tower_panic";
    let service = metrics(space).layer().layer(service_fn(answer));
    // One in the future, one before there is a future.
    assert!(AssertUnwindSafe(send(&service, request("GET", "/panics"))).catch_unwind().await.is_err());
    let early = service_fn(|_: Incoming| -> std::future::Ready<Result<Response<BoxBody>, Infallible>> {
        panic!("as asked for")
    });
    let mut early = metrics(space).layer().layer(early);
    let caught = std::panic::catch_unwind(AssertUnwindSafe(|| drop(early.call(request("GET", "/a")))));
    assert!(caught.is_err());
    assert_value!(space, "http_exceptions_total", {route: "unmatched", error: "panic"}, 1);
    assert_value!(space, "http_exceptions_total", {route: "/a", error: "panic"}, 1);
    assert_value!(space, "http_requests_total", {method: "GET", route: "unmatched", status: "none"}, 1);
    assert!(sum(space, "http_requests_total") == 2.0 && sum(space, "http_request_duration_seconds") == 2.0);
    assert!(sum(space, "http_requests_cancelled_total") == 0.0);
    assert!(sum(space, "http_requests_in_flight") == 0.0);
}

#[tokio::test]
async fn a_panic_that_passes_both_layers_is_counted_by_the_inner_one() {
    let space = "tower_panic_both";
    let metrics = metrics(space);
    let service = metrics.layer().layer(metrics.handler_layer().layer(service_fn(answer)));
    assert!(AssertUnwindSafe(send(&service, request("GET", "/panics"))).catch_unwind().await.is_err());
    assert_value!(space, "http_exceptions_total", {route: "unmatched", error: "panic"}, 1);
    assert_value!(space, "http_handler_duration_seconds", {method: "GET", route: "unmatched"}, 1);
    assert_value!(space, "http_requests_total", {method: "GET", route: "unmatched", status: "none"}, 1);
}

#[tokio::test]
async fn both_durations_are_observed_once() {
    let space = "tower_both";
    let metrics = metrics(space);
    // As middleware that does something before and after.
    let middle = |inner: tallymark_http::HandlerService<_>| {
        service_fn(move |request: Incoming| {
            let inner = inner.clone();
            async move {
                tokio::task::yield_now().await;
                inner.oneshot(request).await
            }
        })
    };
    let service = metrics.layer().layer(middle(metrics.handler_layer().layer(service_fn(answer))));
    for _ in 0..3 {
        send(&service, request("GET", "/b")).await.expect("a response");
    }
    assert_value!(space, "http_request_duration_seconds", {method: "GET", route: "/b"}, 3);
    assert_value!(space, "http_handler_duration_seconds", {method: "GET", route: "/b"}, 3);
    let labels = [("method", "GET"), ("route", "/b")];
    let seconds = |name| value(space, name, &labels);
    let (all, handler) =
        (seconds("http_request_duration_seconds_sum"), seconds("http_handler_duration_seconds_sum"));
    assert!(all >= handler && handler > 0.0, "{all} {handler}");
}

#[tokio::test]
async fn installed_twice_it_counts_once() {
    let space = "tower_twice";
    let layer = metrics(space).layer();
    let service =
        layer.layer(layer.layer(service_fn(|_: Request<_>| ready(Ok::<_, Infallible>(text("hi"))))));
    let response = service.oneshot(request("GET", "/a")).await.expect("a response");
    response.into_body().collect().await.expect("a body");
    assert!(sum(space, "http_requests_total") == 1.0 && sum(space, "http_response_body_bytes") == 1.0);
    assert_value!(space, "http_requests_received_total", {transport: "http"}, 1);
}

#[tokio::test]
async fn excluded_routes_and_a_layer_that_is_off_count_nothing() {
    let space = "tower_excluded";
    let builder =
        tallymark_http::builder().namespace(space).routes(["/a", "/b"]).exclude(["/a", "unmatched"]);
    let metrics = builder.build().expect("good settings");
    let service = metrics.layer().layer(metrics.handler_layer().layer(service_fn(answer)));
    for path in ["/a", "/b", "/c"] {
        send(&service, request("GET", path)).await.expect("a response");
    }
    assert!(sum(space, "http_requests_total") == 1.0 && sum(space, "http_handler_duration_seconds") == 1.0);
    assert_value!(space, "http_requests_received_total", {transport: "http"}, 1);

    let off = tallymark_http::builder().namespace("tower_off").enabled(false).build().expect("good settings");
    let service = off.layer().layer(service_fn(answer));
    assert_eq!(send(&service, with_body("PUT", "/a", "x")).await, Some((200, "x".into())));
    assert_eq!(crate::common::shown("tower_off"), "");
}

#[tokio::test]
async fn families_that_were_left_out_are_not_there() {
    let space = "tower_without";
    let builder =
        tallymark_http::builder().namespace(space).without([HttpFamily::Duration, HttpFamily::RequestBody]);
    let service = builder.build().expect("good settings").layer().layer(service_fn(answer));
    send(&service, request("GET", "/b")).await.expect("a response");
    let snapshot = tallymark_core::registry::snapshot();
    assert!(snapshot.family("tower_without_http_request_duration_seconds").is_none());
    assert!(snapshot.family("tower_without_http_request_body_bytes").is_none());
    assert!(sum(space, "http_requests_total") == 1.0);
}

#[tokio::test]
async fn streams_are_in_flight_until_their_end() {
    let space = "tower_stream";
    let service = metrics(space)
        .layer()
        .layer(service_fn(|_: Incoming| ready(Ok::<_, Infallible>(Response::new(Pieces::of(3))))));
    let get =
        || async { service.clone().oneshot(request("GET", "/a")).await.expect("a response").into_body() };

    let mut whole = get().await;
    assert_value!(space, "http_streaming_responses_total", {method: "GET", route: "/a"}, 1);
    whole.frame().await.expect("a piece").expect("it never fails");
    assert_value!(space, "http_requests_in_flight", {method: "GET"}, 1);
    whole.collect().await.expect("it never fails");
    assert_value!(space, "http_requests_in_flight", {method: "GET"}, 0);
    assert_value!(space, "http_response_body_bytes_sum", {}, 15);

    let mut half = get().await;
    half.frame().await.expect("a piece").expect("it never fails");
    assert!(sum(space, "http_response_bodies_dropped_total") == 0.0);
    drop(half);
    drop(get().await);
    assert_value!(space, "http_response_bodies_dropped_total", {method: "GET", route: "/a"}, 2);
    assert_value!(space, "http_response_body_bytes", {}, 3);
    assert_value!(space, "http_response_body_bytes_sum", {}, 20);
    assert_value!(space, "http_requests_in_flight", {method: "GET"}, 0);
    assert_value!(space, "http_requests_total", {method: "GET", route: "/a", status: "200"}, 3);
}

#[tokio::test]
async fn a_body_of_known_length_is_whole_without_being_asked_for_its_end() {
    let space = "tower_length";
    let service = metrics(space).layer().layer(service_fn(|_: Incoming| {
        ready(Ok::<_, Infallible>(Response::new(Full::<Bytes>::from("hello"))))
    }));
    let call = |method| service.clone().oneshot(request(method, "/a"));
    let response = call("GET").await.expect("a response");
    assert_eq!(response.body().size_hint().exact(), Some(5));
    let mut body = response.into_body();
    body.frame().await.expect("the whole").expect("it never fails");
    drop(body);
    // Nobody reads the body that belongs to a HEAD.
    drop(call("HEAD").await.expect("a response"));
    assert!(sum(space, "http_response_bodies_dropped_total") == 0.0);
    assert_value!(space, "http_response_body_bytes", {}, 2);
    assert_value!(space, "http_response_body_bytes_sum", {}, 5);
    drop(call("GET").await.expect("a response"));
    assert!(sum(space, "http_response_bodies_dropped_total") == 1.0);
}

#[tokio::test]
async fn a_body_that_fails_or_panics_is_an_exception() {
    let space = "tower_body";
    let service = metrics(space).layer().layer(service_fn(|request: Incoming| {
        let body = match request.uri().path() {
            "/a" => Pieces::these([Err(io::Error::other("the database went away"))]).boxed_unsync(),
            _ => Pieces::of(1).map_frame(|_| panic!("as asked for")).boxed_unsync(),
        };
        ready(Ok::<_, Infallible>(Response::new(body)))
    }));
    assert_eq!(send(&service, request("GET", "/a")).await, None);
    assert!(AssertUnwindSafe(send(&service, request("GET", "/b"))).catch_unwind().await.is_err());
    assert_value!(space, "http_exceptions_total", {route: "/a", error: "body"}, 1);
    assert_value!(space, "http_exceptions_total", {route: "/b", error: "panic"}, 1);
    assert!(sum(space, "http_response_bodies_dropped_total") == 0.0);
    assert!(sum(space, "http_requests_in_flight") == 0.0);
}

#[tokio::test]
async fn errors_say_what_they_are() {
    #[derive(tallymark_derive::LabelValue)]
    #[label(crate = tallymark_core)]
    enum ShopError {
        OutOfStock,
        CardDeclined { _reason: String },
    }
    let space = "tower_errors";
    let service = metrics(space).layer().layer(service_fn(|request: Incoming| {
        let error = match request.uri().path() {
            "/a" => ShopError::OutOfStock,
            _ => ShopError::CardDeclined { _reason: "expired".to_owned() },
        };
        let mut response = status(500);
        response.extensions_mut().insert(ErrorLabel::of(&error));
        ready(Ok::<_, Infallible>(response))
    }));
    for path in ["/a", "/b", "/b"] {
        send(&service, request("GET", path)).await.expect("a response");
    }
    assert_value!(space, "http_exceptions_total", {route: "/a", error: "out_of_stock"}, 1);
    assert_value!(space, "http_exceptions_total", {route: "/b", error: "card_declined"}, 2);
    assert_value!(space, "http_requests_total", {method: "GET", route: "/b", status: "500"}, 2);
}

#[tokio::test]
async fn services_may_insist_on_their_type_of_body() {
    let space = "tower_keep";
    let concrete = service_fn(|request: Request<Full<Bytes>>| async move {
        let body = request.into_body().collect().await?.to_bytes();
        Ok::<_, Infallible>(Response::new(Full::from(body)))
    });
    let service = metrics(space).layer().keep_request_body().layer(concrete);
    assert_eq!(send(&service, with_body("POST", "/a", "hello")).await, Some((200, "hello".into())));
    assert_value!(space, "http_request_body_bytes_sum", {}, 5);
}

#[test]
fn many_threads_lose_nothing() {
    let space = "tower_threads";
    let service = metrics(space).layer().layer(service_fn(answer));
    let (threads, each) = (4, 500);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut context = Context::from_waker(Waker::noop());
                for at in 0..each {
                    let path = if at % 2 == 0 { "/a" } else { "/b" };
                    let future = pin!(send(&service, with_body("POST", path, "12345")));
                    assert!(matches!(future.poll(&mut context), Poll::Ready(Some(_))));
                }
            });
        }
    });
    let half = threads * each / 2;
    assert_value!(space, "http_requests_total", {method: "POST", route: "/a", status: "200"}, half);
    assert_value!(space, "http_requests_total", {method: "POST", route: "/b", status: "204"}, half);
    assert_value!(space, "http_request_body_bytes", {}, 2 * half);
    assert_value!(space, "http_response_body_bytes_sum", {}, 5 * half);
    assert_value!(space, "http_requests_in_flight", {method: "POST"}, 0);
}
