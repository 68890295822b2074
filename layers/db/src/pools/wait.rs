//! Waiting for a connection of a pool.

use super::attempt::awaited;
use crate::{Database, Wait};
use std::{
    future::{Future, poll_fn},
    pin::pin,
};

/// Waits for what a pool's future returns. The [`Wait`] is for the caller to end, by what became of it.
pub async fn wait_for<F: Future>(database: Database, future: F) -> (Wait, F::Output) {
    let mut wait = database.wait();
    let mut future = pin!(future);
    let output = poll_fn(|context| wait.watch(|| awaited(|| future.as_mut().poll(context)))).await;
    (wait, output)
}

/// Waits for what a pool returns that blocks. The [`Wait`] is for the caller to end, by what became of it.
pub fn block_on<T>(database: Database, get: impl FnOnce() -> T) -> (Wait, T) {
    let mut wait = database.wait();
    let output = wait.watch(|| awaited(get));
    (wait, output)
}
