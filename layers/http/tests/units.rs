//! The seam to layers that count within a request: a unit of work is entered around each request that is measured.

#![cfg(not(miri))]

use std::{
    any::Any,
    convert::Infallible,
    sync::Mutex,
    task::{Context, Waker},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tallymark_core::{
    Naming,
    request::{UnitObserver, with_current},
    unit_observer,
};
use tallymark_http::{RequestBody, builder};
use tower::{Layer, Service, ServiceExt, service_fn};

/// What the units of a namespace held when they ended.
struct Ends(Mutex<Vec<u32>>);

static ONE: Ends = Ends(Mutex::new(Vec::new()));
static TURNS: Ends = Ends(Mutex::new(Vec::new()));
static NESTED: Ends = Ends(Mutex::new(Vec::new()));
static LEFT_OUT: Ends = Ends(Mutex::new(Vec::new()));

unit_observer!(|namespace| {
    let ends: &'static dyn UnitObserver = match namespace? {
        "units_one" => &ONE,
        "units_turns" => &TURNS,
        "units_nested" => &NESTED,
        "units_left_out" => &LEFT_OUT,
        _ => return None,
    };
    Some(ends)
});

impl UnitObserver for Ends {
    fn ended(&self, kept: Option<Box<dyn Any + Send>>) {
        let counted = kept.map_or(0, |kept| *kept.downcast::<u32>().expect("a number was put in"));
        self.0.lock().expect("nothing panics with it").push(counted);
    }
}

impl Ends {
    fn seen(&self) -> Vec<u32> {
        self.0.lock().expect("nothing panics with it").clone()
    }
}

/// As a statement of a database.
fn count() {
    with_current(|slot| {
        let kept = slot.get_or_insert_with(|| Box::new(0_u32));
        *kept.downcast_mut::<u32>().expect("a number was put in") += 1;
    });
}

type Incoming = Request<RequestBody<Full<Bytes>>>;

/// Counts as often as the path says, by turns with other requests.
async fn handle(request: Incoming) -> Result<Response<Full<Bytes>>, Infallible> {
    let times = request.uri().path().trim_start_matches('/').parse().unwrap_or(0);
    for _ in 0..times {
        count();
        tokio::task::yield_now().await;
    }
    Ok(Response::new(Full::default()))
}

fn get(path: &str) -> Request<Full<Bytes>> {
    Request::get(path).body(Full::default()).expect("a request")
}

#[tokio::test]
async fn each_request_is_one_unit_and_one_without_anything_too() {
    let service =
        builder().namespace("units_one").build().expect("good settings").layer().layer(service_fn(handle));
    for path in ["/3", "/0"] {
        service.clone().oneshot(get(path)).await.expect("a response");
    }
    assert_eq!(ONE.seen(), [3, 0]);
    // A cancelled one ends as well.
    let mut cancelled = Box::pin(service.clone().oneshot(get("/9")));
    assert!(cancelled.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    drop(cancelled);
    assert_eq!(ONE.seen(), [3, 0, 1]);
    assert!(with_current(|_| ()).is_none());
}

#[tokio::test]
async fn requests_that_take_turns_are_told_apart() {
    let service =
        builder().namespace("units_turns").build().expect("good settings").layer().layer(service_fn(handle));
    let requests = ["/1", "/20", "/300"].map(|path| service.clone().oneshot(get(path)));
    futures::future::join_all(requests).await;
    assert_eq!(TURNS.seen(), [1, 20, 300]);
}

#[tokio::test]
async fn layers_of_one_namespace_have_one_unit() {
    let metrics = || builder().namespace("units_nested").build().expect("good settings");
    let inner = metrics().layer().keep_request_body().layer(service_fn(handle));
    let service = metrics().layer().layer(inner);
    service.oneshot(get("/2")).await.expect("a response");
    assert_eq!(NESTED.seen(), [2]);
}

#[tokio::test]
async fn what_is_not_measured_is_no_unit() {
    let excluding = builder().namespace("units_left_out").exclude(["/2", "unmatched"]);
    let metrics = excluding.build().expect("good settings");
    let mut service = metrics.layer().layer(service_fn(handle));
    for path in ["/2", "/3"] {
        service.ready().await.expect("it is ready").call(get(path)).await.expect("a response");
    }
    let off = builder().namespace("units_left_out").enabled(false).build().expect("good settings");
    off.layer().layer(service_fn(handle)).oneshot(get("/1")).await.expect("a response");
    // django-prometheus has no family for it.
    let django = builder().namespace("units_left_out").naming(Naming::Django).build().expect("good settings");
    django.layer().layer(service_fn(handle)).oneshot(get("/1")).await.expect("a response");
    assert_eq!(LEFT_OUT.seen(), [] as [u32; 0]);
}
