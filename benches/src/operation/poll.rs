//! Polls of a future that is ready at once.

use std::{
    future::Future,
    hint::black_box,
    pin::pin,
    task::{Context, Waker},
};

use tallymark_benches::harness::contender::{Built, Done};

/// What is timed.
pub async fn work(payload: [u64; 8]) -> Result<u64, ()> {
    black_box(Ok(payload[0]))
}

/// Makes the future and polls it once.
pub fn polled<F: Future<Output = Result<u64, ()>>>(
    make: impl Fn([u64; 8]) -> F + Copy + Send + Sync + 'static,
    check: impl FnOnce(&Done) -> Result<(), String> + Send + 'static,
) -> Built {
    let op = move |i: usize| {
        let future = pin!(make(black_box([i as u64; 8])));
        let _ = black_box(future.poll(&mut Context::from_waker(Waker::noop())));
    };
    Built::free(op, check)
}
