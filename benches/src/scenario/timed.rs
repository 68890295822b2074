//! A function that does next to nothing, timed.
//!
//! Two readings of the clock are most of it, so the rows that only read a clock say what is left to win. Peers
//! other than autometrics record the duration only; autometrics and tallymark also count calls by outcome.
//!
//! `rdtsc` waits for all loads before it. A cell whose address is computed from the clock is such a load, so a
//! branch-free search, the fastest for values that came from elsewhere, puts its whole latency before the next call's
//! `rdtsc`: some 50 cycles. Branches that are predicted take it off that path, and durations of one function are
//! predictable.

use std::{hint::black_box, sync::Arc, time::Instant};

use ::metriken::{ShardedCounterHistogram, metric};
use ::prometheus::{Histogram, HistogramOpts};
use autometrics::{autometrics, settings::AutometricsSettings};

use tallymark_benches::{
    hand::{block, clock::ticks, histogram as by_hand},
    harness::{
        contender::{Built, Contender, Done, unchecked},
        scenario::{LOOP_COLUMNS, Method, Scenario},
        target::{Against, Target},
    },
    input::BOUNDS,
    peer::{self, HELP, read},
};

use crate::{operation::call::work, ours};

pub const LIMIT: &str = "_rdtsc pair + thread-local histogram of ticks";

pub fn scenarios() -> [Scenario; 1] {
    [Scenario {
        id: "timed_fn",
        title: "A function, timed",
        note: "a call of a function that returns `Ok`, its duration observed; tallymark and autometrics also count \
               its outcome.",
        columns: LOOP_COLUMNS,
        key: 0,
        limit: Some(LIMIT),
        method: Method::Loop { workers: 1, contenders },
        processes: u32::MAX,
        targets: vec![
            Target::times(2.2, Against::BestPeer),
            Target::times(4.8, Against::Row("autometrics #[autometrics] (counter + histogram)")),
            Target::within(1.15, Against::Row(LIMIT)),
        ],
        plot: None,
    }]
}

pub fn contenders() -> Vec<Contender> {
    let mut all = ours::timed();
    all.extend(peers());
    all.extend(limits());
    all
}

#[autometrics]
fn automatic(i: usize) -> Result<usize, ()> {
    work(i)
}

/// What autometrics says of all functions.
pub fn autometrics_count() -> u64 {
    let registry = AutometricsSettings::builder().try_init();
    let registry = match &registry {
        Ok(settings) => settings.prometheus_registry(),
        Err(_) => prometheus::default_registry(),
    };
    let text = peer::opentelemetry::text(registry);
    let lines = text.lines().filter(|line| line.starts_with("function_calls_total{"));
    lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum::<f64>() as u64
}

fn prometheus_histogram() -> Histogram {
    Histogram::with_opts(HistogramOpts::new("bench_h", HELP).buckets(BOUNDS.to_vec())).expect("a valid name")
}

#[metric(name = "metriken_timed")]
static METRIKEN: ShardedCounterHistogram = ShardedCounterHistogram::new(2, 40);

fn peers() -> Vec<Contender> {
    vec![
        Contender::peer("prometheus-client Instant + observe", || {
            let histogram = peer::prometheus_client::histogram();
            let mut registry = prometheus_client::registry::Registry::default();
            registry.register("bench_h", HELP, histogram.clone());
            let op = |it: &prometheus_client::metrics::histogram::Histogram, i: usize| {
                let start = Instant::now();
                let _ = work(i);
                it.observe(start.elapsed().as_secs_f64());
            };
            Built::handle(histogram, op, move |_, done| {
                let mut text = String::new();
                prometheus_client::encoding::text::encode(&mut text, &registry).expect("a string");
                done.count(read(&text).observed)
            })
        }),
        Contender::peer("foundations-metrics start_timer", || {
            let histogram = foundations_metrics::TimeHistogram::new(BOUNDS);
            let op = |it: &foundations_metrics::TimeHistogram, i: usize| {
                let _timer = it.start_timer();
                let _ = work(i);
            };
            Built::handle(histogram, op, |it, done| done.count(it.snapshot().count()))
        }),
        Contender::peer("fastmetrics Instant + observe", || {
            let histogram = Arc::new(peer::fastmetrics::histogram());
            Built::handle(
                histogram,
                |it, i| {
                    let start = Instant::now();
                    let _ = work(i);
                    it.observe(start.elapsed().as_secs_f64());
                },
                |it, done| done.count(it.with_snapshot(|snapshot| snapshot.count())),
            )
        }),
        Contender::peer("prometheus observe_closure_duration", || {
            let op = |it: &Histogram, i: usize| _ = it.observe_closure_duration(|| work(i));
            Built::handle(prometheus_histogram(), op, |it, done| done.count(it.get_sample_count()))
        }),
        Contender::peer("prometheus start_timer", || {
            let op = |it: &Histogram, i: usize| {
                let _timer = it.start_timer();
                let _ = work(i);
            };
            Built::handle(prometheus_histogram(), op, |it, done| done.count(it.get_sample_count()))
        }),
        Contender::peer("metered Instant + observe_duration", || {
            let histogram = Arc::new(peer::metered::histogram());
            Built::handle(
                histogram,
                |it, i| {
                    let start = Instant::now();
                    let _ = work(i);
                    it.observe_duration(start.elapsed());
                },
                |it, done| done.count(it.count()),
            )
        }),
        Contender::peer("measured start_timer", || {
            let histogram = Arc::new(measured::Histogram::with_metadata(peer::measured::thresholds()));
            Built::handle(
                histogram,
                |it, i| {
                    let _timer = it.start_timer();
                    let _ = work(i);
                },
                |it, done| done.count(read(&peer::measured::rendered(&**it, "bench_h")).observed),
            )
        }),
        Contender::peer("opentelemetry Instant + record", || {
            let (provider, meter, registry) = peer::opentelemetry::provider(1);
            let histogram = peer::opentelemetry::histogram(&meter, "bench_h".to_owned());
            Built::handle(
                histogram,
                |it, i| {
                    let start = Instant::now();
                    let _ = work(i);
                    it.record(start.elapsed().as_secs_f64(), &[]);
                },
                move |_, done| {
                    let _alive = provider;
                    done.count(read(&peer::opentelemetry::text(&registry)).observed)
                },
            )
        }),
        Contender::peer("metrics Instant + record, upkeep counted", || {
            let recorder = peer::metrics::recorder();
            let op = move |it: &metrics::Histogram, i: usize| {
                let start = Instant::now();
                let _ = work(i);
                it.record(start.elapsed().as_secs_f64());
                if i.is_multiple_of(tallymark_benches::input::INPUTS) {
                    recorder.run_upkeep();
                }
            };
            let check =
                |_: &_, done: &Done| done.count(peer::metrics::rendered("timed_seconds_count") as u64);
            Built::handle(metrics::histogram!("timed_seconds"), op, check)
        }),
        Contender::peer("autometrics #[autometrics] (counter + histogram)", || {
            let _ = AutometricsSettings::builder().service_name("bench").try_init();
            Built::free(|i| _ = automatic(i), |done| done.count(autometrics_count()))
        }),
        Contender::variant("metriken Instant + ShardedCounterHistogram", || {
            let op = |i: usize| {
                let start = Instant::now();
                let _ = work(i);
                let _ = METRIKEN.increment(start.elapsed().as_nanos() as u64);
            };
            let check = |done: &Done| done.count(METRIKEN.load().map_or(0, |it| it.as_slice().iter().sum()));
            Built::free(op, check)
        }),
    ]
}

/// The bounds in ticks, as if a tick were a nanosecond.
static TICKS: [f64; 11] = [5e6, 1e7, 2.5e7, 5e7, 1e8, 2.5e8, 5e8, 1e9, 2.5e9, 5e9, 1e10];

const TSC: usize = 64;
const STD: usize = 128;
/// Cells that count calls that ended well.
const TSC_FINE: usize = 200;
const STD_FINE: usize = 201;

fn limits() -> Vec<Contender> {
    vec![
        Contender::limit("(the function, not timed)", || Built::free(|i| _ = work(i), unchecked)),
        Contender::limit("clock only: _rdtsc pair", || {
            let op = |i: usize| {
                let start = ticks();
                let _ = work(i);
                black_box(ticks() - start);
            };
            Built::free(op, unchecked)
        }),
        Contender::limit("clock only: std Instant pair", || {
            let op = |i: usize| {
                let start = Instant::now();
                let _ = work(i);
                black_box(start.elapsed());
            };
            Built::free(op, unchecked)
        }),
        Contender::limit("clock only: quanta Instant pair", || {
            let op = |i: usize| {
                let start = quanta::Instant::now();
                let _ = work(i);
                black_box(start.elapsed());
            };
            Built::free(op, unchecked)
        }),
        Contender::limit(LIMIT, || {
            let op = |i: usize| {
                let start = ticks();
                if work(i).is_ok() {
                    block::inc(TSC_FINE);
                }
                let value = (ticks() - start).cast_signed() as f64;
                by_hand::observe(TSC, by_hand::bucket_by_branches(&TICKS, value), value);
            };
            Built::free(op, |done| done.count(block::total(TSC_FINE)))
        }),
        Contender::limit("std Instant pair + thread-local histogram of ns", || {
            let op = |i: usize| {
                let start = Instant::now();
                if work(i).is_ok() {
                    block::inc(STD_FINE);
                }
                let value = start.elapsed().as_nanos() as f64;
                by_hand::observe(STD, by_hand::bucket_by_branches(&TICKS, value), value);
            };
            Built::free(op, |done| done.count(block::total(STD_FINE)))
        }),
    ]
}
