//! Four ways to measure time.
//!
//! `cargo run --example timing`

use std::{thread::sleep, time::Duration};
use tallymark::{Histogram, buckets, metric, timed};

/// Time in the oven.
#[metric]
static BAKING_DURATION_SECONDS: Histogram = Histogram::new(buckets![0.001, 0.002, 0.005, 0.01, 0.1]);

/// Calls by outcome and their duration, in the families `function_calls_total` and `function_duration_seconds`.
#[timed]
fn knead(minutes: u64) -> Result<(), &'static str> {
    sleep(Duration::from_millis(minutes));
    if minutes > 2 { Err("the dough is tired") } else { Ok(()) }
}

/// The same, and the duration into a metric of one's own.
#[timed(BAKING_DURATION_SECONDS)]
fn bake() {
    sleep(Duration::from_millis(3));
}

fn main() {
    for minutes in 0..4 {
        if let Err(error) = knead(minutes) {
            println!("{error}");
        }
    }
    bake();

    // A timer observes when it is dropped, or earlier, or not at all.
    let timer = BAKING_DURATION_SECONDS.start_timer();
    sleep(Duration::from_millis(1));
    println!("out after {:?}", timer.stop());
    BAKING_DURATION_SECONDS.start_timer().discard();

    // What was measured elsewhere.
    BAKING_DURATION_SECONDS.observe_duration(Duration::from_millis(50));
    BAKING_DURATION_SECONDS.observe(0.004);

    println!("{}", tallymark::encode_to_string(tallymark::registry::Format::Text004));
}
