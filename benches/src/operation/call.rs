//! Calls of a function that does next to nothing.

use std::hint::black_box;

/// What is timed.
#[inline(never)]
pub fn work(i: usize) -> Result<usize, ()> {
    black_box(Ok(i))
}
