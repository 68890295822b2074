//! Every shape of function that `#[timed]` takes, under the strictest lints, doing what it did without the attribute.

#![deny(warnings, clippy::all, clippy::pedantic)]
#![forbid(unsafe_op_in_unsafe_fn)]

mod asynchronous;
mod methods;
mod signatures;
mod synchronous;

fn is_send<T: Send>(value: T) -> T {
    value
}
