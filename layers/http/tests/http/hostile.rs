//! Whatever a client sends: the service gets it as it came, and no text of the client's becomes a label.

use std::{
    convert::Infallible,
    future::ready,
    pin::pin,
    sync::OnceLock,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, Version};
use http_body_util::{BodyExt, Full};
use proptest::prelude::*;
use tallymark_core::{LabelValue, Naming, registry};
use tallymark_http::{GrpcStatus, HttpMetrics, TransportRule};
use tower::{Layer, ServiceExt, service_fn};

/// Both namings, with everything on that reads fields.
fn metrics() -> &'static [HttpMetrics; 2] {
    static METRICS: OnceLock<[HttpMetrics; 2]> = OnceLock::new();
    METRICS.get_or_init(|| {
        [Naming::Standard, Naming::Django].map(|naming| {
            let rule = TransportRule::new().trust_all();
            let builder = tallymark_http::builder().namespace("hostile").naming(naming).transport(rule);
            builder.routes(["/known"]).build().expect("good settings")
        })
    })
}

/// Fields that something in the layer might read.
const FIELDS: &[&str] = &[
    "content-length",
    "content-type",
    "transfer-encoding",
    "x-forwarded-proto",
    "forwarded",
    "x-requested-with",
    "grpc-status",
    "te",
    "host",
];

fn field() -> impl Strategy<Value = (HeaderName, HeaderValue)> {
    let bytes = proptest::collection::vec(any::<u8>(), 0..24);
    let texts = prop_oneof![
        Just("application/grpc".to_owned()),
        Just("proto=".to_owned()),
        Just(";;==,,".to_owned()),
        Just("18446744073709551616".to_owned()),
        Just("text/html; charset=\"".to_owned()),
        "[ -~]{0,20}",
    ];
    let value = prop_oneof![bytes, texts.prop_map(String::into_bytes)];
    let value = value.prop_filter_map("not a field value", |bytes| HeaderValue::from_bytes(&bytes).ok());
    (proptest::sample::select(FIELDS), value).prop_map(|(name, value)| (HeaderName::from_static(name), value))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    #[test]
    fn requests_pass_unchanged_and_are_counted(
        method in "[A-Z!#$]{1,12}",
        path in "/[a-zA-Z0-9%._~{}*-]{0,20}",
        fields in proptest::collection::vec(field(), 0..6),
        body in proptest::collection::vec(any::<u8>(), 0..40),
        http2 in any::<bool>(),
    ) {
        let body = Bytes::from(body);
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        for (metrics, counted) in metrics().iter().zip([1.0, 0.0]) {
            let mut request = Request::builder().method(method.clone()).uri(&path);
            if http2 {
                request = request.version(Version::HTTP_2);
            }
            let Ok(mut request) = request.body(Full::from(body.clone())) else { continue };
            request.headers_mut().extend(fields.iter().cloned());
            let sent = request.headers().clone();
            let echo = service_fn(|request: Request<tallymark_http::RequestBody<Full<Bytes>>>| {
                let mut response = Response::new(request.body().get_ref().clone());
                *response.headers_mut() = request.headers().clone();
                ready(Ok::<_, Infallible>(response))
            });
            let service = metrics.layer().layer(metrics.handler_layer().layer(echo));
            let answered = async {
                let response = service.oneshot(request).await.expect("it never fails");
                let headers = response.headers().clone();
                (headers, response.into_body().collect().await.expect("it never fails").to_bytes())
            };
            let before = crate::common::sum("hostile", "http_requests_total");
            let Poll::Ready((headers, echoed)) = pin!(answered).poll(&mut Context::from_waker(Waker::noop())) else {
                panic!("there is nothing to wait for");
            };
            prop_assert_eq!(&echoed, &body);
            prop_assert_eq!(headers, sent);
            let after = crate::common::sum("hostile", "http_requests_total");
            prop_assert!((after - before - counted).abs() < 1e-9);
        }
        only_words_of_ours();
    }
}

/// Every label value of these families is one that the program or the protocol has.
fn only_words_of_ours() {
    let words = [
        "GET",
        "HEAD",
        "POST",
        "PUT",
        "DELETE",
        "CONNECT",
        "OPTIONS",
        "TRACE",
        "PATCH",
        "other",
        "<invalid method>",
        "unmatched",
        "<unnamed view>",
        "/known",
        "200",
        "http",
        "https",
        "utf-8",
        "none",
        "unknown",
    ];
    let grpc: Vec<&str> = (0..18).map(GrpcStatus::text_at).collect();
    for family in registry::snapshot().families() {
        if family.name.starts_with("hostile_") {
            for (name, value) in family.series.iter().flat_map(|series| &series.labels) {
                let known = words.contains(&value.as_str()) || grpc.contains(&value.as_str());
                assert!(known, "{}{{{name}={value:?}}}", family.name);
            }
        }
    }
}
