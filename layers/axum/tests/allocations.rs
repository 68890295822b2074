//! What a measured request of axum allocates, once its route, method and status were seen.

#![allow(unsafe_code, reason = "an allocator that counts is one")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    convert::Infallible,
    pin::pin,
    task::{Context, Poll, Waker},
};

use http::{Request, Response};
use http_body::Body as _;
use tower::Service;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

fn count() {
    // A thread that ends has no cell any more, and nobody asks for its number.
    let _ = ALLOCATIONS.try_with(|allocations| allocations.set(allocations.get() + 1));
}

// SAFETY: passes everything on.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller's promise.
        unsafe { System.realloc(at, layout, size) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn send_body<S, A, B>(service: &mut S, path: &'static str, body: A)
where
    S: Service<Request<A>, Response = Response<B>, Error = Infallible>,
    B: http_body::Body,
{
    let mut context = Context::from_waker(Waker::noop());
    let mut request = Request::new(body);
    *request.uri_mut() = http::Uri::from_static(path);
    let future = pin!(service.call(request));
    let Poll::Ready(Ok(response)) = future.poll(&mut context) else { panic!("it is there at once") };
    let mut body = pin!(response.into_body());
    while !body.is_end_stream() {
        assert!(body.as_mut().poll_frame(&mut context).is_ready());
    }
}

fn allocations(mut work: impl FnMut()) -> u64 {
    let before = ALLOCATIONS.get();
    work();
    ALLOCATIONS.get() - before
}

#[test]
fn a_measured_request_allocates_only_the_box_of_its_response() {
    use axum::{Router, body::Body, routing::get};
    use tallymark_axum::Install;
    use tower::layer::util::Identity;

    let routes = || Router::new().route("/items/{id}", get(async || "an item"));
    let metrics = tallymark_axum::builder().namespace("allocations_axum").build().expect("good settings");
    let mut measured = Install::new(metrics).without_route().on(routes()).with_state::<()>(());
    // A layer that does nothing costs boxes in axum as well.
    let mut layered = routes().layer(Identity::new()).with_state::<()>(());
    let round = |router: &mut Router| {
        allocations(|| (0..100).for_each(|_| send_body(router, "/items/7", Body::empty())))
    };
    round(&mut measured);
    assert_eq!(round(&mut measured), round(&mut layered) + 100);
    let snapshot = tallymark_core::registry::snapshot();
    let labels = [("method", "GET"), ("route", "/items/{id}"), ("status", "200")];
    assert_eq!(snapshot.counter("allocations_axum_http_requests_total", &labels), Some(200));
}
