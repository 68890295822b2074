//! A counter with two labels of any text: 1,000 pairs in random order, looked up at each call.
//!
//! Peers whose key owns its text copy both labels for each lookup; what they cost with labels that live for ever is
//! shown as a variant. Empty labels are left out on purpose: an empty `String` points at address 1, and comparing
//! zero bytes there with glibc's AVX-512 `memcmp` costs 120 ns on this machine, which says nothing about a library.

use std::sync::Arc;

use ::opentelemetry::KeyValue;
use ::prometheus_client::metrics::{counter::Counter, family::Family};
use measured::CounterVec;

use tallymark_benches::{
    hand::{block, table},
    harness::{
        contender::{Built, Contender, Done, unchecked},
        scenario::{LOOP_COLUMNS, Method, Scenario},
        target::{Against, Target},
    },
    input::{Mixed, THOUSAND},
    peer::{self, HELP, Population, Shape, read},
};

use crate::ours;

pub const LIMIT: &str = "thread-local hash table, labels compared";
const HELD: &str = "tallymark, handle kept";

pub fn scenarios() -> [Scenario; 2] {
    let scenario = Scenario {
        id: "counter_labels_str",
        title: "Counter with two `&str` labels, 1,000 pairs",
        note: "two labels of some 35 bytes together, 1,000 pairs in random order, looked up at each call.",
        columns: LOOP_COLUMNS,
        key: 0,
        limit: Some(LIMIT),
        method: Method::Loop { workers: 1, contenders },
        processes: u32::MAX,
        targets: vec![
            Target::times(2.5, Against::BestPeer),
            Target::within(1.3, Against::Row("thread-local block[slot], slots in random order")).of(HELD),
            Target::within(1.5, Against::Row("tallymark")).of(ours::NAMED_AT_RUN_TIME),
        ],
        plot: None,
    };
    let contended = Scenario {
        id: "counter_labels_str_contended",
        title: "Counter with two `&str` labels, 2 threads",
        note: "the same from two threads at once: wall time over all operations.",
        key: 1,
        method: Method::Loop { workers: 2, contenders },
        processes: u32::MAX,
        targets: vec![Target::times(8.0, Against::BestPeer)],
        ..scenario
    };
    [scenario, contended]
}

pub fn contenders() -> Vec<Contender> {
    let mut all = ours::labels_str();
    all.extend(peers());
    all.extend(variants());
    all.extend(limits());
    all
}

/// The prepared labels, made before anything is measured.
fn mixed() -> &'static Mixed {
    &THOUSAND
}

const ONE: Shape = Shape { counters: 1, histograms: 0, series: 1_000 };

/// A family of a population: its own lookup behind a static call.
fn family<P: Population + 'static>(make: fn(Shape) -> P) -> Built {
    Built::handle(
        (Arc::new(make(ONE)), mixed()),
        |(it, mixed), i| it.inc(0, mixed.of(i)),
        |(it, _), done| done.count(peer::seen(&**it).counted),
    )
}

fn peers() -> Vec<Contender> {
    vec![
        Contender::peer("prometheus with_label_values", || family(peer::prometheus::Families::new)),
        Contender::peer("fastmetrics Family, String labels", || family(peer::fastmetrics::Families::new)),
        Contender::peer("measured CounterVec, paracord", || family(peer::measured::Families::new)),
        Contender::peer("measured CounterVec, lasso", || {
            let family = Arc::new(CounterVec::<peer::measured::LassoPairSet>::new());
            Built::handle(
                (family, mixed()),
                |(it, mixed), i| {
                    let [endpoint, customer] = mixed.of(i);
                    it.inc(peer::measured::LassoPair { endpoint, customer });
                },
                |(it, _), done| done.count(read(&peer::measured::rendered(&**it, "bench_c")).counted),
            )
        }),
        Contender::peer("prometheus-client Family, String labels", || {
            family(peer::prometheus_client::Families::new)
        }),
        Contender::peer("metered Family, String labels", || family(peer::metered::Families::new)),
        Contender::peer("foundations-metrics Family, String labels", || {
            family(peer::foundations::Families::new)
        }),
        Contender::peer("opentelemetry String attributes", || family(peer::opentelemetry::Families::new)),
        Contender::peer("metrics counter! String labels", || family(peer::metrics::Families::new)),
    ]
}

fn variants() -> Vec<Contender> {
    vec![
        Contender::variant("fastmetrics Family, &'static str labels", || {
            use peer::fastmetrics::StaticLabels;
            let family = fastmetrics::metrics::family::Family::<
                StaticLabels,
                fastmetrics::metrics::counter::Counter,
            >::default();
            Built::handle(
                (family, mixed()),
                |(it, mixed), i| {
                    let [endpoint, customer] = mixed.of(i);
                    it.with_or_new(&StaticLabels { endpoint, customer }, |metric| metric.inc());
                },
                |(it, mixed), done| {
                    let each = mixed.pairs.iter().filter_map(|&[endpoint, customer]| {
                        it.with(&StaticLabels { endpoint, customer }, |metric| metric.total())
                    });
                    done.count(each.sum())
                },
            )
        }),
        Contender::variant("prometheus-client Family, &'static str labels", || {
            use peer::prometheus_client::StaticLabels;
            Built::handle(
                (Family::<StaticLabels, Counter>::default(), mixed()),
                |(it, mixed), i| {
                    let [endpoint, customer] = mixed.of(i);
                    it.get_or_create(&StaticLabels { endpoint, customer }).inc();
                },
                |(it, mixed), done| {
                    let each = mixed.pairs.iter().map(|&[endpoint, customer]| {
                        it.get_or_create(&StaticLabels { endpoint, customer }).get()
                    });
                    done.count(each.sum())
                },
            )
        }),
        Contender::variant("foundations-metrics Family, &'static str labels", || {
            use peer::foundations::StaticLabels;
            let family = foundations_metrics::Family::<StaticLabels, foundations_metrics::Counter>::default();
            Built::handle(
                (family, mixed()),
                |(it, mixed), i| {
                    let [endpoint, customer] = mixed.of(i);
                    it.get_or_create(&StaticLabels { endpoint, customer }).inc();
                },
                |(it, mixed), done| {
                    let each = mixed.pairs.iter().map(|&[endpoint, customer]| {
                        it.get_or_create(&StaticLabels { endpoint, customer }).get()
                    });
                    done.count(each.sum())
                },
            )
        }),
        Contender::variant("opentelemetry &'static attributes", || {
            let (provider, meter, registry) = peer::opentelemetry::provider(1_000);
            let counter = meter.u64_counter("bench_c").with_description(HELP).build();
            Built::handle(
                (counter, mixed()),
                |(it, mixed), i| {
                    let [endpoint, customer] = mixed.of(i);
                    it.add(1, &[KeyValue::new("endpoint", endpoint), KeyValue::new("customer", customer)]);
                },
                move |_, done| {
                    let _alive = provider;
                    done.count(read(&peer::opentelemetry::text(&registry)).counted)
                },
            )
        }),
        Contender::variant("metrics counter! &'static labels", || {
            peer::metrics::recorder();
            Built::handle(
                mixed(),
                |mixed, i| {
                    let [endpoint, customer] = mixed.of(i);
                    metrics::counter!("static_total", "endpoint" => endpoint, "customer" => customer)
                        .increment(1);
                },
                |_, done| done.count(peer::metrics::rendered("static_total") as u64),
            )
        }),
    ]
}

fn limits() -> Vec<Contender> {
    vec![
        Contender::limit("(the labels and no counter)", || {
            let op = |it: &&'static Mixed, i: usize| _ = std::hint::black_box(it.of(i));
            Built::handle(mixed(), op, |_, done| unchecked(done))
        }),
        Contender::limit("hash of both labels alone", || {
            let op = |it: &&'static Mixed, i: usize| _ = std::hint::black_box(table::hash(it.of(i)));
            Built::handle(mixed(), op, |_, done| unchecked(done))
        }),
        Contender::limit("thread-local hash table, 64-bit hash trusted", || {
            let op = |it: &&'static Mixed, i: usize| block::inc(TRUSTED + table::slot(it.of(i), false));
            Built::handle(mixed(), op, |_, done| total(TRUSTED, done))
        }),
        Contender::limit(LIMIT, || {
            let op = |it: &&'static Mixed, i: usize| block::inc(COMPARED + table::slot(it.of(i), true));
            Built::handle(mixed(), op, |_, done| total(COMPARED, done))
        }),
        Contender::limit("thread-local block[slot], slots in random order", || {
            let slots: &'static [usize] = (0..tallymark_benches::input::INPUTS)
                .map(|i| {
                    HELD_SLOTS + mixed().pairs.iter().position(|pair| *pair == mixed().of(i)).unwrap_or(0)
                })
                .collect::<Vec<_>>()
                .leak();
            let op = |slots: &&'static [usize], i: usize| block::inc(slots[i & (slots.len() - 1)]);
            let sum = || (0..1_000).map(|slot| block::total(HELD_SLOTS + slot)).sum();
            Built::handle(slots, op, move |_, done: &Done| done.count(sum()))
        }),
    ]
}

/// Where in the block each row counts; the rows share the process.
const TRUSTED: usize = 10_000;
const COMPARED: usize = 20_000;
const HELD_SLOTS: usize = 30_000;

fn total(base: usize, done: &Done) -> Result<(), String> {
    done.count(table::slots().into_iter().map(|slot| block::total(base + slot)).sum())
}
