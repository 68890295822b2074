//! What is done most often, as often as the second argument says. Prints the nanoseconds that each took in the quickest of as many
//! rounds as the third argument says, or of one.

use std::{arch::asm, hint::black_box, time::Instant};
use tallymark::{Counter, Gauge, Histogram, LabelSet, LabelValue, UpDownCounter, buckets};

#[derive(LabelSet, Clone, Copy)]
struct Pair<'a> {
    endpoint: &'a str,
    customer: &'a str,
}

#[derive(LabelValue, Clone, Copy)]
enum Provider {
    Stripe,
    PayPal,
    Adyen,
}

#[derive(LabelSet, Clone, Copy)]
struct Payment {
    provider: Provider,
    accepted: bool,
}

static PLAIN: Counter = Counter::new();
static CLOSED: Counter<Payment> = Counter::new();
static OPEN: Counter<Pair<'static>> = Counter::new();
static LEVEL: Gauge<Pair<'static>> = Gauge::new();
static BUSY: UpDownCounter<Pair<'static>> = UpDownCounter::new();
static WAITS: Histogram =
    Histogram::new(buckets![0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]);
static TIMES: Histogram<Pair<'static>> =
    Histogram::new(buckets![0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]);

/// Repeats something, and keeps the compiler from making one of two repetitions.
fn repeat((times, rounds): (u64, u64), mut something: impl FnMut()) {
    let mut least = f64::INFINITY;
    for _ in 0..rounds {
        let start = Instant::now();
        for _ in 0..times {
            something();
            // SAFETY: it does nothing.
            unsafe { asm!("") }
        }
        least = least.min(start.elapsed().as_nanos() as f64 / times as f64);
    }
    println!("{least:.2}");
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().expect("what to repeat");
    let mut number = |default| arguments.next().map_or(default, |text| text.parse().expect("a number"));
    let times = (number(1000), number(1));
    let pair = Pair { endpoint: black_box("/api/v1/orders"), customer: black_box("customer-00012") };
    let [_, provider, _] = black_box([Provider::Stripe, Provider::PayPal, Provider::Adyen]);
    match &*what {
        "unlabelled" => repeat(times, || PLAIN.inc()),
        "kept" => {
            let kept = OPEN.with(pair);
            repeat(times, || kept.inc());
        }
        "closed" => {
            repeat(times, || CLOSED.with(Payment { provider: black_box(provider), accepted: true }).inc());
        }
        "open" => repeat(times, || OPEN.with(black_box(pair)).inc()),
        "gauge_open" => {
            let kept = LEVEL.with(pair);
            repeat(times, || kept.set(black_box(1.5)));
        }
        "in_flight" => {
            let kept = BUSY.with(pair);
            repeat(times, || kept.inc());
        }
        "observe" => repeat(times, || WAITS.observe(black_box(0.3))),
        "observe_kept" => {
            let kept = TIMES.with(pair);
            repeat(times, || kept.observe(black_box(0.3)));
        }
        other => panic!("`{other}` is not known"),
    }
}
