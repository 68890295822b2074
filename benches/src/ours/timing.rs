//! Functions under `#[timed]`.

use tallymark::{
    Histogram, buckets, metric,
    registry::{self, Format},
    timed as timed_attribute,
};
use tallymark_benches::harness::contender::{Built, Contender, Done};

use crate::operation::{call, poll};

#[timed_attribute]
fn whole(i: usize) -> Result<usize, ()> {
    call::work(i)
}

/// Durations.
#[metric(name = "timed_seconds")]
static TIMED: Histogram =
    Histogram::new(buckets![0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]);

#[timed_attribute(TIMED)]
fn into_histogram(i: usize) -> Result<usize, ()> {
    call::work(i)
}

#[timed_attribute]
async fn whole_async(payload: [u64; 8]) -> Result<u64, ()> {
    poll::work(payload).await
}

/// What `function_calls_total` says of a function and an outcome.
fn calls(function: &str, outcome: &str) -> u64 {
    let mut text = Vec::new();
    registry::encode(Format::Text004, &mut text);
    let text = String::from_utf8_lossy(&text);
    let wanted = [format!("function=\"{function}\""), format!("outcome=\"{outcome}\"")];
    let mut lines = text.lines().filter(|line| line.starts_with("function_calls_total{"));
    let line = lines.find(|line| wanted.iter().all(|label| line.contains(label)));
    line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or(0)
}

/// A function.
pub fn timed() -> Vec<Contender> {
    vec![
        Contender::ours("tallymark", || {
            Built::free(|i| _ = whole(i), |done: &Done| done.count(calls("whole", "ok")))
        }),
        Contender::ours("tallymark #[timed(HISTOGRAM)], no outcome", || {
            Built::free(|i| _ = into_histogram(i), |done: &Done| done.count(TIMED.get().count()))
        }),
    ]
}

/// A future.
pub fn asynchronous() -> Vec<Contender> {
    vec![Contender::ours("tallymark", || {
        let built = poll::polled(whole_async, |done| done.count(calls("whole_async", "ok")));
        built.fact("size", size_of_val(&whole_async([0; 8])) as f64)
    })]
}
