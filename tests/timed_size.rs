//! What `#[timed]` adds to the size of a future. Run with `--nocapture` to see the sizes.

#![allow(clippy::large_types_passed_by_value)] // that is what is measured

use std::{future::ready, mem::size_of_val};

use tallymark::timed;

/// What the outcome and the time of the start may take.
const MOST: usize = 64;

type Large = [u8; 1024];

async fn plain_ref(value: Large) -> Result<usize, u8> {
    ready(()).await;
    Ok(value.len())
}

#[timed]
async fn timed_ref(value: Large) -> Result<usize, u8> {
    ready(()).await;
    Ok(value.len())
}

async fn consume(value: Large) -> usize {
    ready(()).await;
    value.len()
}

async fn plain_move(value: Large) -> Result<usize, u8> {
    Ok(consume(value).await)
}

#[timed]
async fn timed_move(value: Large) -> Result<usize, u8> {
    Ok(consume(value).await)
}

async fn plain_empty() {
    ready(()).await;
}

#[timed]
async fn timed_empty() {
    ready(()).await;
}

#[timed(in_flight, error = |error| error.to_string())]
async fn timed_with_options() -> Result<(), u8> {
    ready(()).await;
    Ok(())
}

#[test]
fn a_future_grows_by_little_and_holds_no_argument_twice() {
    let large = [0; 1024];
    for (name, plain, timed) in [
        ("argument used by reference", size_of_val(&plain_ref(large)), size_of_val(&timed_ref(large))),
        ("argument moved on", size_of_val(&plain_move(large)), size_of_val(&timed_move(large))),
        ("no argument", size_of_val(&plain_empty()), size_of_val(&timed_empty())),
        ("with options", size_of_val(&plain_empty()), size_of_val(&timed_with_options())),
    ] {
        println!("{name}: {plain} bytes plain, {timed} bytes timed");
        assert!(timed <= plain + MOST, "{name}: {timed} bytes instead of {plain}");
    }
}
