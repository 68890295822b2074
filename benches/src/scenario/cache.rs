//! A lookup in a cache in memory, counted by result and timed.
//!
//! The lookup itself is most of it, so what counts is the difference to the row of the plain cache. The cache is smaller
//! than its capacity and nothing is written, so that moka has only the reads to record.

use std::{hint::black_box, time::Instant};

use moka::sync::Cache as Moka;
use tallymark::registry;
use tallymark_benches::{
    harness::{
        contender::{Built, Contender, Done, unchecked},
        scenario::{LOOP_COLUMNS, Method, Scenario},
        target::{Against, Target},
    },
    peer::HELP,
};
use tallymark_moka::{Cache, sync::InstrumentedCache};

/// How many keys there are. Those looked up are twice as many, so that half are misses.
const KEYS: usize = 512;

const PLAIN: &str = "(moka get, not measured)";

pub fn scenarios() -> [Scenario; 1] {
    [Scenario {
        id: "cache_moka_get",
        title: "A lookup in moka, measured",
        note: "`get` of one of 1,024 keys, half of which are there; tallymark counts hits and misses and observes the \
               duration, in the wrapper of the `moka` feature.",
        columns: LOOP_COLUMNS,
        key: 0,
        limit: Some(PLAIN),
        method: Method::Loop { workers: 1, contenders },
        processes: u32::MAX,
        targets: vec![Target::times(1.0, Against::BestPeer), Target::within(1.5, Against::Row(PLAIN))],
        plot: None,
    }]
}

fn moka() -> Moka<usize, usize> {
    let cache = Moka::new(4 * KEYS as u64);
    for key in 0..KEYS {
        cache.insert(key, key);
    }
    cache.run_pending_tasks();
    cache
}

fn key(i: usize) -> usize {
    i % (2 * KEYS)
}

fn contenders() -> Vec<Contender> {
    vec![
        Contender::ours("tallymark", || ours(true)),
        Contender::ours("tallymark, durations left out", || ours(false)),
        Contender::peer("prometheus, two counters and a histogram", || {
            let counters = ["hit", "miss"].map(|name| {
                prometheus::IntCounter::new(format!("bench_{name}_total"), HELP).expect("a valid name")
            });
            let options = prometheus::HistogramOpts::new("bench_h", HELP);
            let histogram = prometheus::Histogram::with_opts(options).expect("a valid name");
            let op = |it: &(Moka<usize, usize>, [prometheus::IntCounter; 2], prometheus::Histogram), i| {
                let (cache, [hits, misses], histogram) = it;
                let start = Instant::now();
                let found = black_box(cache.get(&key(i)));
                if found.is_some() {
                    hits.inc()
                } else {
                    misses.inc()
                }
                histogram.observe(start.elapsed().as_secs_f64());
            };
            Built::handle((moka(), counters, histogram), op, |(_, [hits, misses], _), done| {
                done.count(hits.get() + misses.get())
            })
        }),
        Contender::limit(PLAIN, || {
            Built::handle(
                moka(),
                |it: &Moka<usize, usize>, i| _ = black_box(it.get(&key(i))),
                |_, done| unchecked(done),
            )
        }),
    ]
}

fn ours(durations: bool) -> Built {
    let name = if durations { "bench_timed" } else { "bench_untimed" };
    let builder = Cache::builder(name).durations(durations);
    let cache = InstrumentedCache::wrap(builder, moka()).expect("the names are free");
    let op = |it: &InstrumentedCache<usize, usize>, i| _ = black_box(it.get(&key(i)));
    Built::handle(cache, op, move |_, done: &Done| done.count(counted(name)))
}

/// Hits and misses of a cache.
fn counted(name: &str) -> u64 {
    let snapshot = registry::snapshot();
    let gets = |result| {
        let labels = [("cache", name), ("backend", "moka"), ("result", result)];
        snapshot.counter("cache_gets_total", &labels).unwrap_or(0)
    };
    gets("hit") + gets("miss")
}
