//! Other libraries' histograms without labels.

use std::sync::{Arc, LazyLock};

use ::metriken::{AtomicCounterHistogram, ShardedCounterHistogram, metric};
use ::prometheus::{Histogram, HistogramOpts, local::LocalHistogram};
use prometheus_static_metric::{auto_flush_from, make_auto_flush_static_metric};
use tallymark_benches::{
    harness::contender::{Built, Contender, Done},
    input::{BOUNDS, value},
    peer::{self, HELP},
};

use crate::operation::observation::{exposed, held, values};

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

pub fn peers() -> Vec<Contender> {
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

pub fn variants() -> Vec<Contender> {
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
