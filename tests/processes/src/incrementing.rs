//! How long an increment takes, in a group and by itself: for `benches/processes.py`.

use std::{hint::black_box, time::Duration};
use tallymark::{Histogram, LabelSet, LabelValue, buckets, metrics};

#[derive(LabelValue, Clone, Copy)]
enum Color {
    Red,
    Green,
}

#[derive(LabelSet)]
struct Paint<'a> {
    color: Color,
    shade: &'a str,
}

#[derive(LabelSet)]
struct Plain {
    color: Color,
}

#[metrics(namespace = "timed")]
mod timed {
    use super::{Histogram, Paint, Plain, buckets};
    use tallymark::Counter;

    /// One.
    pub(super) static ONE_TOTAL: Counter = Counter::new();
    /// By a closed label.
    pub(super) static CLOSED_TOTAL: Counter<Plain> = Counter::new();
    /// By an open label.
    pub(super) static OPEN_TOTAL: Counter<Paint<'static>> = Counter::new();
    /// Sizes.
    pub(super) static SIZES_BYTES: Histogram = Histogram::new(buckets![1.0, 2.0, 4.0, 8.0]);
}

const ROUNDS: u32 = if cfg!(debug_assertions) { 10_000 } else { 20_000_000 };

/// How long this thread has run, which others on the machine do not change much.
fn run_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: there is room for the time.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

fn time(act: impl Fn()) -> Duration {
    act();
    let start = run_time();
    for _ in 0..ROUNDS {
        act();
    }
    run_time().saturating_sub(start)
}

/// Writes nanoseconds for each of several increments.
pub(crate) fn run() {
    let handle = timed::OPEN_TOTAL.with(Paint { color: Color::Red, shade: "dark" });
    let all = [
        ("counter", time(|| black_box(&timed::ONE_TOTAL).inc())),
        (
            "counter of a closed label",
            time(|| {
                timed::CLOSED_TOTAL.with(Plain { color: black_box(Color::Green) }).inc();
            }),
        ),
        (
            "counter of an open label",
            time(|| {
                timed::OPEN_TOTAL.with(Paint { color: Color::Red, shade: black_box("light") }).inc();
            }),
        ),
        ("handle", time(|| black_box(handle).inc())),
        ("histogram", time(|| black_box(&timed::SIZES_BYTES).observe(black_box(3.0)))),
    ];
    for (name, took) in all {
        println!("{name}\t{:.4}", took.as_secs_f64() * 1e9 / f64::from(ROUNDS));
    }
}
