//! The request that is sent, and the rows that send it.

use std::{
    convert::Infallible,
    hint::black_box,
    pin::pin,
    task::{Context, Poll, Waker},
};

use ::axum::body::Body;
use bytes::Buf;
use http::{Request, Response, Uri};
use http_body::Body as _;
use tallymark_benches::harness::{
    allocator,
    contender::{Built, Done},
};
use tower_service::Service;

/// The measure: heap blocks that one request takes, the service's own included.
pub const ALLOCATIONS: &str = "allocations";

/// What the services answer.
pub const ANSWER: &str = "hello";

/// Requests before allocations are counted, and while they are.
const WARM: u64 = 16;
const COUNTED: u64 = 64;

/// A row. Each worker makes its own service; `then` is done after each request, and `check` is told of all of them.
pub fn row<S, B>(
    path: &'static str,
    make: impl Fn() -> S + Send + Sync + 'static,
    then: impl Fn(usize) + Copy + Send + Sync + 'static,
    check: impl FnOnce(&Done) -> Result<(), String> + Send + 'static,
) -> Built
where
    S: Service<Request<Body>, Response = Response<B>, Error = Infallible> + 'static,
    B: http_body::Body,
{
    let mut service = make();
    let mut answers = 0;
    let mut send_some = |requests| {
        for _ in 0..requests {
            answers += u64::from(send(&mut service, path) == Some(ANSWER.len()));
        }
    };
    send_some(WARM);
    let ((), heap) = allocator::count(|| send_some(COUNTED));
    let op = move |service: &mut S, i| {
        black_box(send(service, path));
        then(i);
    };
    let check = move |done: &Done| {
        if answers != WARM + COUNTED {
            return Err("the response is not the service's".to_owned());
        }
        let mut workers = done.workers.clone();
        workers.push(answers);
        check(&Done { workers })
    };
    Built::local(make, op, check).fact(ALLOCATIONS, heap.taken as f64 / COUNTED as f64)
}

/// Sends a request and reads the response: how many bytes its body had.
fn send<S, B>(service: &mut S, path: &'static str) -> Option<usize>
where
    S: Service<Request<Body>, Response = Response<B>, Error = Infallible>,
    B: http_body::Body,
{
    let mut context = Context::from_waker(Waker::noop());
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = Uri::from_static(path);
    let Poll::Ready(Ok(())) = service.poll_ready(&mut context) else { return None };
    let future = pin!(service.call(request));
    let Poll::Ready(Ok(response)) = future.poll(&mut context) else { return None };
    let mut body = pin!(response.into_body());
    let mut bytes = 0;
    while !body.is_end_stream() {
        match body.as_mut().poll_frame(&mut context) {
            Poll::Ready(Some(Ok(frame))) => bytes += frame.into_data().map_or(0, |data| data.remaining()),
            Poll::Ready(None) => break,
            Poll::Ready(Some(Err(_))) | Poll::Pending => return None,
        }
    }
    Some(bytes)
}
