//! Which of two `#[timed]` on one function is inside of the other.

use std::cell::Cell;

use futures::executor::block_on;
use tallymark::{Histogram, buckets, metric, registry, timed};

/// Time to pack an order.
#[metric]
static PACKING_DURATION_SECONDS: Histogram = Histogram::new(buckets![1.0]);

thread_local! {
    /// Whether the call was in progress for `function_in_flight` when the metric was asked for its timer.
    static INSIDE: Cell<Option<bool>> = const { Cell::new(None) };
}

fn packing(function: &str) -> &'static Histogram {
    let labels = [("module", module_path!()), ("function", function)];
    let in_flight = registry::snapshot().value("function_in_flight", &labels);
    INSIDE.set(Some(in_flight == Some(1.0)));
    &PACKING_DURATION_SECONDS
}

#[timed(in_flight)]
#[timed(packing("plain_below"))]
fn plain_below() {}

#[timed(packing("plain_above"))]
#[timed(in_flight)]
fn plain_above() {}

#[timed(in_flight)]
#[timed(packing("async_below"))]
async fn async_below() {}

#[timed(packing("async_above"))]
#[timed(in_flight)]
async fn async_above() {}

/// Whether the metric's time was inside of the call's, which each count once.
fn is_inside(function: &str, call: impl FnOnce()) -> bool {
    let before = PACKING_DURATION_SECONDS.get().count();
    call();
    assert_eq!(PACKING_DURATION_SECONDS.get().count() - before, 1, "{function}");
    let labels = [("module", module_path!()), ("function", function), ("outcome", "ok")];
    assert_eq!(registry::snapshot().counter("function_calls_total", &labels), Some(1), "{function}");
    INSIDE.take().unwrap()
}

// One test, because all functions observe into the one metric.
#[test]
fn both_measure_and_their_order_is_the_documented_one() {
    assert!(!is_inside("plain_below", plain_below), "the lower one is outside in a plain function");
    assert!(is_inside("plain_above", plain_above), "the upper one is inside in a plain function");
    assert!(is_inside("async_below", || block_on(async_below())));
    assert!(is_inside("async_above", || block_on(async_above())));
}
