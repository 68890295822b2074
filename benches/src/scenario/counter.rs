//! Adding one to a counter without labels, the handle held (or static).
//!
//! At this speed an operation is a handful of instructions that overlap with the loop's own; the row in parentheses
//! is the loop alone. A difference below 0.1 ns is where the code happens to lie, so compare instruction counts too.

use std::{
    hint::black_box,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use metriken::{ShardedCounterGroup, metric};
use prometheus::{IntCounter, IntCounterVec, local::LocalIntCounter};
use prometheus_static_metric::{auto_flush_from, make_auto_flush_static_metric};

use tallymark_benches::{
    hand::block,
    harness::{
        contender::{Built, Contender, Done, unchecked},
        scenario::{LOOP_COLUMNS, Method, Scenario},
        target::{Against, Target},
    },
    peer::{self, HELP},
};

use crate::ours;

pub const LIMIT: &str = "thread-local block[index], load + add + store";

pub fn scenarios() -> [Scenario; 2] {
    let scenario = Scenario {
        id: "counter_inc",
        title: "Unlabelled counter",
        note: "one increment of one counter; the handle is held, or static.",
        columns: LOOP_COLUMNS,
        key: 0,
        limit: Some(LIMIT),
        method: Method::Loop { workers: 1, contenders },
        processes: u32::MAX,
        targets: vec![
            Target::times(5.0, Against::BestPeer),
            Target::times(15.0, Against::Row("prometheus IntCounter")),
            Target::within(1.2, Against::Row(LIMIT)),
        ],
        plot: None,
    };
    let contended = Scenario {
        id: "counter_inc_contended",
        title: "Unlabelled counter, 2 threads",
        note: "the same from two threads at once: wall time over all operations, so what scales halves.",
        key: 1,
        method: Method::Loop { workers: 2, contenders },
        processes: u32::MAX,
        targets: vec![
            Target::times(5.0, Against::BestPeer),
            Target::times(75.0, Against::Row("prometheus IntCounter")),
            Target::within(1.2, Against::Row(LIMIT)),
        ],
        ..scenario
    };
    [scenario, contended]
}

pub fn contenders() -> Vec<Contender> {
    let mut all = ours::counter();
    all.extend(peers());
    all.extend(limits());
    all
}

make_auto_flush_static_metric! {
    pub struct OnlyCounter: LocalIntCounter {
        "kind" => {
            only,
        },
    }
}

static AUTO_VEC: LazyLock<IntCounterVec> =
    LazyLock::new(|| peer::prometheus::counters("auto_total", &["kind"]));
static AUTO: LazyLock<OnlyCounter> = LazyLock::new(|| auto_flush_from!(AUTO_VEC, OnlyCounter));

/// Hands over what the thread still holds when its loop ends.
struct AutoFlush(&'static OnlyCounter);

impl Drop for AutoFlush {
    fn drop(&mut self) {
        self.0.flush();
    }
}

/// The same for the counter that its user must flush.
struct Flush(LocalIntCounter);

impl Drop for Flush {
    fn drop(&mut self) {
        self.0.flush();
    }
}

#[metric(name = "metriken_inc")]
static METRIKEN: metriken::Counter = metriken::Counter::new();

#[metric(name = "metriken_inc_sharded")]
static METRIKEN_SHARDED: ShardedCounterGroup = ShardedCounterGroup::new(1);

fn peers() -> Vec<Contender> {
    vec![
        Contender::peer("foundations-metrics ThreadLocalCounter", || {
            let counter = foundations_metrics::ThreadLocalCounter::<u64>::default();
            Built::handle(counter, |it, _| it.inc(), |it, done| done.count(it.get()))
        }),
        Contender::peer("foundations-metrics Counter", || {
            let counter = foundations_metrics::Counter::<u64>::default();
            Built::handle(counter, |it, _| _ = it.inc(), |it, done| done.count(it.get()))
        }),
        Contender::peer("prometheus IntCounter", || {
            let counter = IntCounter::new("inc_total", HELP).expect("a valid name");
            Built::handle(counter, |it, _| it.inc(), |it, done| done.count(it.get()))
        }),
        Contender::peer("prometheus Counter (f64)", || {
            let counter = prometheus::Counter::new("inc_total", HELP).expect("a valid name");
            Built::handle(counter, |it, _| it.inc(), |it, done| done.count(it.get() as u64))
        }),
        Contender::peer("prometheus-static-metric, auto flush", || {
            let check = |done: &_| count_of(&AUTO_VEC, done);
            Built::local(|| AutoFlush(&AUTO), |it, _| it.0.only.inc(), check)
        }),
        Contender::variant("prometheus LocalIntCounter, flushed by hand", || {
            let counter = IntCounter::new("inc_total", HELP).expect("a valid name");
            let shared = counter.clone();
            let make = move || Flush(counter.local());
            Built::local(make, |it, _| it.0.inc(), move |done| done.count(shared.get()))
        }),
        Contender::peer("prometheus-client Counter", || {
            let counter = prometheus_client::metrics::counter::Counter::<u64>::default();
            Built::handle(counter, |it, _| _ = it.inc(), |it, done| done.count(it.get()))
        }),
        Contender::peer("fastmetrics Counter", || {
            let counter = fastmetrics::metrics::counter::Counter::<u64>::default();
            Built::handle(counter, |it, _| it.inc(), |it, done| done.count(it.total()))
        }),
        Contender::peer("metered AtomicU64 as Counter", || {
            let counter = Arc::new(AtomicU64::new(0));
            Built::handle(
                counter,
                |it, _| metered::Counter::incr(&**it),
                |it, done| done.count(it.load(Relaxed)),
            )
        }),
        Contender::peer("measured Counter", || {
            let counter = Arc::new(measured::Counter::new());
            Built::handle(
                counter,
                |it, _| it.inc(),
                |it, done| {
                    let text = peer::measured::rendered(&**it, "bench_c_total");
                    done.count(peer::read(&text).counted)
                },
            )
        }),
        Contender::peer("metriken Counter", || {
            Built::free(|_| _ = METRIKEN.increment(), |done| done.count(METRIKEN.value()))
        }),
        Contender::peer("metriken ShardedCounterGroup", || {
            let check = |done: &Done| done.count(METRIKEN_SHARDED.value(0).unwrap_or(0));
            Built::free(|_| _ = METRIKEN_SHARDED.increment(0), check)
        }),
        Contender::peer("opentelemetry Counter, no attributes", || {
            let (provider, meter, registry) = peer::opentelemetry::provider(1);
            let counter = meter.u64_counter("bench_c").build();
            Built::handle(
                counter,
                |it, _| it.add(1, &[]),
                move |_, done| {
                    let _alive = provider;
                    done.count(peer::read(&peer::opentelemetry::text(&registry)).counted)
                },
            )
        }),
        Contender::peer("metrics, handle held", || {
            peer::metrics::recorder();
            let counter = metrics::counter!("inc_held_total");
            let check = |_: &_, done: &Done| done.count(peer::metrics::rendered("inc_held_total") as u64);
            Built::handle(counter, |it, _| it.increment(1), check)
        }),
        Contender::peer("metrics, counter! each call", || {
            peer::metrics::recorder();
            let check = |done: &Done| done.count(peer::metrics::rendered("inc_looked_up_total") as u64);
            Built::free(|_| metrics::counter!("inc_looked_up_total").increment(1), check)
        }),
    ]
}

fn count_of(family: &IntCounterVec, done: &Done) -> Result<(), String> {
    done.count(family.with_label_values(&["only"]).get())
}

fn limits() -> Vec<Contender> {
    vec![
        Contender::limit("(empty loop)", || Built::free(|_| (), unchecked)),
        Contender::limit("plain u64 += 1 through black_box", || {
            Built::local(|| 0u64, |it, _| *black_box(&mut *it) += 1, unchecked)
        }),
        Contender::limit(LIMIT, || {
            block::assign();
            let check = |done: &Done| done.count(block::total(block::SLOT.load(Relaxed)));
            Built::free(|_| block::inc(block::SLOT.load(Relaxed)), check)
        }),
        Contender::limit("AtomicU64 fetch_add, Relaxed", || {
            static SHARED: AtomicU64 = AtomicU64::new(0);
            Built::free(|_| _ = SHARED.fetch_add(1, Relaxed), |done| done.count(SHARED.load(Relaxed)))
        }),
    ]
}
