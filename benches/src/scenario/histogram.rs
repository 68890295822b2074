//! One observation into a histogram of eleven buckets; the values are lognormal and in random order, so that a
//! search through the bounds is mispredicted as it is in a service.
//!
//! The values are prepared; the row in parentheses is reading them. A shared histogram must add to a sum of f64,
//! which no processor does in one locked instruction.

use std::sync::{Arc, LazyLock};

use ::metriken::{AtomicCounterHistogram, ShardedCounterHistogram, metric};
use ::prometheus::{Histogram, HistogramOpts, local::LocalHistogram};
use ::prometheus_client::metrics::family::Family;
use foundations_metrics::NamedMetric;
use prometheus_static_metric::{auto_flush_from, make_auto_flush_static_metric};

use tallymark_benches::{
    hand::{histogram as by_hand, table},
    harness::{
        contender::{Built, Contender, Done, unchecked},
        scenario::{LOOP_COLUMNS, Method, Scenario},
        target::{Against, Target},
    },
    input::{BOUNDS, ROUTES, VALUES, route, value},
    peer::{self, HELP, read},
};

use crate::ours;

pub const LIMIT: &str = "thread-local, table of quarter octaves, 4 sums";
const LIMIT_STR: &str = "thread-local hash table, label compared, quarter octaves";

pub fn scenarios() -> [Scenario; 3] {
    let scenario = Scenario {
        id: "histogram_observe",
        title: "Histogram, 11 buckets",
        note: "one observation of a lognormal value into an unlabelled histogram of eleven buckets.",
        columns: LOOP_COLUMNS,
        key: 0,
        limit: Some(LIMIT),
        method: Method::Loop { workers: 1, contenders },
        processes: u32::MAX,
        targets: vec![
            Target::times(3.5, Against::BestPeer),
            Target::times(7.0, Against::Row("prometheus Histogram")),
            Target::within(1.3, Against::Row(LIMIT)),
        ],
        plot: None,
    };
    let contended = Scenario {
        id: "histogram_observe_contended",
        title: "Histogram, 11 buckets, 2 threads",
        note: "the same from two threads at once: wall time over all operations.",
        key: 1,
        method: Method::Loop { workers: 2, contenders },
        processes: u32::MAX,
        targets: vec![
            Target::times(3.4, Against::BestPeer),
            Target::times(20.0, Against::Row("foundations-metrics Histogram")),
        ],
        ..scenario
    };
    let labelled = Scenario {
        id: "histogram_labels_str",
        title: "Histogram with one `&str` label, 100 values",
        note: "one observation, the series looked up by a label of 25 bytes out of 100.",
        limit: Some(LIMIT_STR),
        method: Method::Loop { workers: 1, contenders: labelled_contenders },
        processes: u32::MAX,
        targets: vec![Target::times(4.5, Against::BestPeer)],
        ..scenario
    };
    [scenario, contended, labelled]
}

pub fn contenders() -> Vec<Contender> {
    let mut all = ours::histogram();
    all.extend(peers());
    all.extend(variants());
    all.extend(limits());
    all
}

/// The prepared values.
pub fn values() -> &'static [f64] {
    &VALUES
}

/// A histogram that is held, and a way to read count and sum.
fn held<H: Clone + Send + Sync + 'static>(
    handle: H,
    observe: impl Fn(&H, f64) + Copy + Send + Sync + 'static,
    read: impl FnOnce(&H) -> (u64, f64) + Send + 'static,
) -> Built {
    Built::handle(
        (handle, values()),
        move |(it, values), i| observe(it, value(values, i)),
        move |(it, values), done| {
            let (count, sum) = read(it);
            done.count(count).and_then(|()| done.sum(sum, values))
        },
    )
}

/// Count and sum on the lines of an exposition.
fn exposed(text: &str) -> (u64, f64) {
    let seen = read(text);
    (seen.observed, seen.sum)
}

make_auto_flush_static_metric! {
    pub struct OnlyHistogram: LocalHistogram {
        "kind" => {
            only,
        },
    }
}

static AUTO_VEC: LazyLock<prometheus::HistogramVec> =
    LazyLock::new(|| peer::prometheus::histograms("auto_seconds", &["kind"]));
static AUTO: LazyLock<OnlyHistogram> = LazyLock::new(|| auto_flush_from!(AUTO_VEC, OnlyHistogram));

struct AutoFlush(&'static OnlyHistogram, &'static [f64]);

impl Drop for AutoFlush {
    fn drop(&mut self) {
        self.0.flush();
    }
}

struct Flush(LocalHistogram, &'static [f64]);

impl Drop for Flush {
    fn drop(&mut self) {
        self.0.flush();
    }
}

fn prometheus_histogram() -> Histogram {
    Histogram::with_opts(HistogramOpts::new("bench_h", HELP).buckets(BOUNDS.to_vec())).expect("a valid name")
}

fn both(done: &Done, histogram: &Histogram) -> Result<(), String> {
    done.count(histogram.get_sample_count()).and_then(|()| done.sum(histogram.get_sample_sum(), values()))
}

fn peers() -> Vec<Contender> {
    vec![
        Contender::peer("prometheus-static-metric, auto flush", || {
            let op = |it: &mut AutoFlush, i: usize| it.0.only.observe(value(it.1, i));
            let check = |done: &Done| both(done, &AUTO_VEC.with_label_values(&["only"]));
            Built::local(|| AutoFlush(&AUTO, values()), op, check)
        }),
        Contender::peer("metered BucketHistogram", || {
            let histogram = Arc::new(peer::metered::histogram());
            held(histogram, |it, value| _ = it.observe(value), |it| (it.count(), it.sum()))
        }),
        Contender::peer("foundations-metrics Histogram", || {
            let histogram = foundations_metrics::Histogram::new(BOUNDS);
            held(
                histogram,
                |it, value| it.observe(value),
                |it| {
                    let snapshot = it.snapshot();
                    (snapshot.count(), snapshot.sum())
                },
            )
        }),
        Contender::peer("foundations-metrics TimeHistogram (ns)", || {
            let histogram = foundations_metrics::TimeHistogram::new(BOUNDS);
            Built::handle(
                (histogram, values()),
                |(it, values), i| it.observe((value(values, i) * 1e9) as u64),
                // Each value loses what is below a nanosecond.
                |(it, _), done| done.count(it.snapshot().count()),
            )
        }),
        Contender::peer("prometheus-client Histogram", || {
            let histogram = peer::prometheus_client::histogram();
            let mut registry = prometheus_client::registry::Registry::default();
            registry.register("bench_h", HELP, histogram.clone());
            held(
                histogram,
                |it, value| it.observe(value),
                move |_| {
                    let mut text = String::new();
                    prometheus_client::encoding::text::encode(&mut text, &registry).expect("a string");
                    exposed(&text)
                },
            )
        }),
        Contender::peer("fastmetrics Histogram", || {
            let histogram = peer::fastmetrics::histogram();
            held(
                Arc::new(histogram),
                |it, value| it.observe(value),
                |it| it.with_snapshot(|snapshot| (snapshot.count(), snapshot.sum())),
            )
        }),
        Contender::peer("opentelemetry Histogram", || {
            let (provider, meter, registry) = peer::opentelemetry::provider(1);
            let histogram = peer::opentelemetry::histogram(&meter, "bench_h".to_owned());
            held(
                histogram,
                |it, value| it.record(value, &[]),
                move |_| {
                    let _alive = provider;
                    exposed(&peer::opentelemetry::text(&registry))
                },
            )
        }),
        Contender::peer("prometheus Histogram", || {
            let read = |it: &Histogram| (it.get_sample_count(), it.get_sample_sum());
            held(prometheus_histogram(), |it, value| it.observe(value), read)
        }),
        Contender::peer("measured Histogram", || {
            let histogram = Arc::new(measured::Histogram::with_metadata(peer::measured::thresholds()));
            held(
                histogram,
                |it, value| it.observe(value),
                |it| exposed(&peer::measured::rendered(&**it, "bench_h")),
            )
        }),
        Contender::peer("metrics, handle held, upkeep counted", || metrics_held("upkept_seconds", true)),
    ]
}

/// Upkeep, which sorts what was kept into buckets, is done by its exporter every few seconds; here for each round of
/// inputs.
fn metrics_held(name: &'static str, upkeep: bool) -> Built {
    let recorder = peer::metrics::recorder();
    let histogram = metrics::histogram!(name);
    Built::handle(
        (histogram, values()),
        move |(it, values), i| {
            it.record(value(values, i));
            if upkeep && i % values.len() == 0 {
                recorder.run_upkeep();
            }
        },
        move |_, done| {
            let count = peer::metrics::rendered(&format!("{name}_count")) as u64;
            done.count(count)
                .and_then(|()| done.sum(peer::metrics::rendered(&format!("{name}_sum")), values()))
        },
    )
}

#[metric(name = "metriken_histogram")]
static METRIKEN: AtomicCounterHistogram = AtomicCounterHistogram::new(2, 40);

#[metric(name = "metriken_histogram_sharded")]
static METRIKEN_SHARDED: ShardedCounterHistogram = ShardedCounterHistogram::new(2, 40);

fn variants() -> Vec<Contender> {
    // metriken's hold integers, nanoseconds here, and no sum.
    vec![
        Contender::variant("metriken AtomicCounterHistogram (log buckets, no sum)", || {
            Built::handle(
                values(),
                |values, i| _ = METRIKEN.increment((value(values, i) * 1e9) as u64),
                |_, done| done.count(METRIKEN.load().map_or(0, |it| it.as_slice().iter().sum())),
            )
        }),
        Contender::variant("metriken ShardedCounterHistogram (log buckets, no sum)", || {
            Built::handle(
                values(),
                |values, i| _ = METRIKEN_SHARDED.increment((value(values, i) * 1e9) as u64),
                |_, done| done.count(METRIKEN_SHARDED.load().map_or(0, |it| it.as_slice().iter().sum())),
            )
        }),
        Contender::variant("prometheus LocalHistogram, flushed by hand", || {
            let shared = prometheus_histogram();
            let kept = shared.clone();
            let make = move || Flush(shared.local(), values());
            Built::local(make, |it, i| it.0.observe(value(it.1, i)), move |done| both(done, &kept))
        }),
        Contender::variant("metrics, handle held, upkeep not counted", || {
            metrics_held("kept_seconds", false)
        }),
    ]
}

const TABLE: usize = 64;
const SCAN: usize = 128;
const FOUR: usize = 192;
const SCAN_FOUR: usize = 256;

fn limits() -> Vec<Contender> {
    vec![
        Contender::limit("(the value and no histogram)", || {
            let op = |values: &&'static [f64], i: usize| _ = std::hint::black_box(value(values, i));
            Built::handle(values(), op, |_, done| unchecked(done))
        }),
        Contender::limit("thread-local, table of quarter octaves", || {
            let first = &*by_hand::FIRST;
            let op =
                move |value| by_hand::observe(TABLE, by_hand::bucket_by_table(first, &BOUNDS, value), value);
            held((), move |(), value| op(value), |()| by_hand::read(TABLE))
        }),
        Contender::limit(LIMIT, || {
            let first = &*by_hand::FIRST;
            let op = move |value| {
                by_hand::observe_four(FOUR, by_hand::bucket_by_table(first, &BOUNDS, value), value)
            };
            held((), move |(), value| op(value), |()| by_hand::read(FOUR))
        }),
        Contender::limit("thread-local, branch-free scan, 4 sums", || {
            let op = |value| by_hand::observe_four(SCAN_FOUR, by_hand::bucket_by_scan(&BOUNDS, value), value);
            held((), move |(), value| op(value), |()| by_hand::read(SCAN_FOUR))
        }),
        Contender::limit("thread-local, branch-free scan", || {
            let op = |value| by_hand::observe(SCAN, by_hand::bucket_by_scan(&BOUNDS, value), value);
            held((), move |(), value| op(value), |()| by_hand::read(SCAN))
        }),
    ]
}

fn labelled_contenders() -> Vec<Contender> {
    let mut all = ours::histogram_str();
    all.extend(labelled_peers());
    all.push(Contender::limit("(the label, the value and no histogram)", || {
        Built::handle(
            (routes(), values()),
            |(routes, values), i| _ = std::hint::black_box((route(routes, i), value(values, i))),
            |_, done| unchecked(done),
        )
    }));
    all.push(Contender::limit(LIMIT_STR, || {
        let first = &*by_hand::FIRST;
        let op = move |route: &'static str, value: f64| {
            let slot = TABLE + table::slot([route, "-"], true) * by_hand::CELLS;
            by_hand::observe_four(slot, by_hand::bucket_by_table(first, &BOUNDS, value), value);
        };
        labelled(
            (),
            move |(), route, value| op(route, value),
            |()| {
                table::slots().into_iter().fold((0, 0.0), |(count, sum), slot| {
                    let one = by_hand::read(TABLE + slot * by_hand::CELLS);
                    (count + one.0, sum + one.1)
                })
            },
        )
    }));
    all
}

/// The prepared labels.
pub fn routes() -> &'static [&'static str] {
    &ROUTES
}

/// A family that is held, and a way to read count and sum.
pub fn labelled<H: Clone + Send + Sync + 'static>(
    handle: H,
    observe: impl Fn(&H, &'static str, f64) + Copy + Send + Sync + 'static,
    read: impl FnOnce(&H) -> (u64, f64) + Send + 'static,
) -> Built {
    Built::handle(
        (handle, routes(), values()),
        move |(it, routes, values), i| observe(it, route(routes, i), value(values, i)),
        move |(it, _, values), done| {
            let (count, sum) = read(it);
            done.count(count).and_then(|()| done.sum(sum, values))
        },
    )
}

fn labelled_peers() -> Vec<Contender> {
    vec![
        Contender::peer("prometheus with_label_values", || {
            let family = peer::prometheus::histograms("bench_h", &["route"]);
            let registry = prometheus::Registry::new();
            registry.register(Box::new(family.clone())).expect("a new name");
            labelled(
                family,
                |it, route, value| it.with_label_values(&[route]).observe(value),
                move |_| exposed(&peer::opentelemetry::text(&registry)),
            )
        }),
        Contender::peer("measured HistogramVec, paracord", || {
            let set = peer::measured::RouteSet::default();
            let thresholds = peer::measured::thresholds();
            let family = Arc::new(measured::HistogramVec::with_label_set_and_metadata(set, thresholds));
            labelled(
                family,
                |it, route, value| it.observe(peer::measured::Route { route }, value),
                |it| exposed(&peer::measured::rendered(&**it, "bench_h")),
            )
        }),
        Contender::peer("fastmetrics Family, String label", || {
            use peer::fastmetrics::Route;
            let make = peer::fastmetrics::histogram;
            let family = fastmetrics::metrics::family::Family::<
                Route,
                fastmetrics::metrics::histogram::Histogram,
            >::new(make);
            let mut registry = fastmetrics::registry::Registry::default();
            registry.register("bench_h", HELP, family.clone()).expect("a new name");
            labelled(
                family,
                |it, route, value| {
                    it.with_or_new(&Route { route: route.to_owned() }, |metric| metric.observe(value));
                },
                move |_| {
                    let mut text = String::new();
                    let profile = fastmetrics::format::text::TextProfile::default();
                    fastmetrics::format::text::encode(&mut text, &registry, profile).expect("a string");
                    exposed(&text)
                },
            )
        }),
        Contender::peer("prometheus-client Family, String label", || {
            use peer::prometheus_client::{Histograms, Route, histogram};
            let family: Histograms<Route> = Family::new_with_constructor(histogram);
            let mut registry = prometheus_client::registry::Registry::default();
            registry.register("bench_h", HELP, family.clone());
            labelled(
                family,
                |it, route, value| it.get_or_create(&Route { route: route.to_owned() }).observe(value),
                move |_| {
                    let mut text = String::new();
                    prometheus_client::encoding::text::encode(&mut text, &registry).expect("a string");
                    exposed(&text)
                },
            )
        }),
        Contender::peer("foundations-metrics Family, String label", || {
            use peer::foundations::{Histograms, Route, histograms};
            let family: Histograms<Route> = foundations_metrics::Family::new_with_constructor(histograms());
            peer::foundations::put(NamedMetric::new("bench_h", HELP, family.clone()));
            labelled(
                family,
                |it, route, value| it.get_or_create(&Route { route: route.to_owned() }).observe(value),
                |_| exposed(&peer::foundations::text()),
            )
        }),
        Contender::peer("metered Family, String label", || {
            use peer::metered::{Histograms, Route, histogram};
            let make: fn() -> metered::bucket_histogram::BucketHistogram = histogram;
            let family: Arc<Histograms<Route>> = Arc::new(metered::Family::new_with_constructor(make));
            labelled(
                family,
                |it, route, value| {
                    _ = it.with(&Route { route: route.to_owned() }, |metric| metric.observe(value))
                },
                |it| {
                    let (mut count, mut sum) = (0, 0.0);
                    it.for_each_series(&[], |_, metric| {
                        count += metric.count();
                        sum += metric.sum();
                    });
                    (count, sum)
                },
            )
        }),
        Contender::peer("opentelemetry String attribute", || {
            use ::opentelemetry::KeyValue;
            let (provider, meter, registry) = peer::opentelemetry::provider(100);
            let histogram = peer::opentelemetry::histogram(&meter, "bench_h".to_owned());
            labelled(
                histogram,
                |it, route, value| it.record(value, &[KeyValue::new("route", route.to_owned())]),
                move |_| {
                    let _alive = provider;
                    exposed(&peer::opentelemetry::text(&registry))
                },
            )
        }),
        Contender::peer("metrics histogram! String label, upkeep counted", || {
            let recorder = peer::metrics::recorder();
            Built::handle(
                (routes(), values()),
                move |(routes, values), i| {
                    let route = route(routes, i).to_owned();
                    metrics::histogram!("labelled_seconds", "route" => route).record(value(values, i));
                    if i % values.len() == 0 {
                        recorder.run_upkeep();
                    }
                },
                |_, done| done.count(peer::metrics::rendered("labelled_seconds_count") as u64),
            )
        }),
    ]
}
