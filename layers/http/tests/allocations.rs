//! A measured request allocates nothing, once its route, method and status were seen.

#![allow(unsafe_code, reason = "an allocator that counts is one")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    convert::Infallible,
    future::{Ready, ready},
    pin::pin,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body as _;
use http_body_util::Full;
use tower::{Layer, Service};

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

/// Answers with five bytes, whatever the body of the request.
#[derive(Clone)]
struct Hello;

impl<B> Service<Request<B>> for Hello {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<B>) -> Self::Future {
        ready(Ok(Response::new(Full::from(Bytes::from_static(b"hello")))))
    }
}

/// Sends a request and reads the response.
fn send<S, B>(service: &mut S, path: &'static str)
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>, Error = Infallible>,
    B: http_body::Body,
{
    send_body(service, path, Full::from(Bytes::from_static(b"hello")));
}

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
fn none_after_the_first_requests() {
    let metrics = tallymark_http::builder().namespace("allocations").routes(["/a", "/b"]).build();
    let metrics = metrics.expect("good settings");
    let mut service = metrics.layer().layer(metrics.handler_layer().layer(Hello));
    let mut round = || {
        for path in ["/a", "/b", "/unknown"] {
            send(&mut service, path);
        }
    };
    assert!(allocations(&mut round) > 0, "routes are remembered somewhere");
    round();
    let mut alone = Hello;
    let without = allocations(|| (0..300).for_each(|_| send(&mut alone, "/a")));
    assert_eq!(allocations(|| (0..100).for_each(|_| round())), without);
    let labels = [("method", "GET"), ("route", "/a"), ("status", "200")];
    let counted = tallymark_core::registry::snapshot().counter("allocations_http_requests_total", &labels);
    assert_eq!(counted, Some(102));
}
