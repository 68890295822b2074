//! The recorders behind the `metrics` façade: what crates count with it, in tallymark's registry and in
//! metrics-exporter-prometheus.
//!
//! The façade has one recorder for each program, so that each call is made with a recorder of this thread. That, the key,
//! and for labels of any text the copies of them, is the façade's own part of every row.

use std::{
    cell::OnceCell,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use metrics::{
    Counter, CounterFn, Key, KeyName, Label, Level, Metadata, Recorder, SharedString, Unit, counter,
    histogram, with_local_recorder,
};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};

use tallymark::registry::{self, Format, Request, Selection};
use tallymark_benches::{
    harness::{
        contender::{Built, Class, Contender, unchecked},
        report::{BEYOND, Measures},
        round::Effort,
        scenario::{Column, LOOP_COLUMNS, Method, Scenario, Subject},
        target::{Against, Target},
    },
    input::{BOUNDS, THOUSAND, VALUES, pairs},
};

const OURS: &str = "tallymark";
const THEIRS: &str = "metrics-exporter-prometheus";

/// What to keep in mind.
const NOTE: &str = "through the `metrics` façade, of which each row has the same part.";

/// What the façade takes of each row, whatever its recorder does.
pub const FACADE: &str = "(the façade, and a counter that does nothing)";

const BEYOND_COLUMNS: &[Column] = &[
    Column::least("min ns/op", "ns"),
    Column::median("median", "ns"),
    Column::median("beyond the façade", BEYOND),
];

const SCRAPE_COLUMNS: &[Column] = &[
    Column::least("text ns/sample", "text"),
    Column::median("median", "text"),
    Column::least("samples", "samples"),
];

pub fn scenarios() -> Vec<Scenario> {
    let scenario = |id, title, workers, contenders| Scenario {
        id,
        title,
        note: NOTE,
        columns: LOOP_COLUMNS,
        key: usize::from(workers > 1),
        limit: None,
        method: Method::Loop { workers, contenders },
        processes: u32::MAX,
        targets: vec![Target::times(3.0, Against::Row(THEIRS))],
        plot: None,
    };
    let beyond = |id, title, note, contenders| Scenario {
        note,
        columns: BEYOND_COLUMNS,
        limit: Some(FACADE),
        method: Method::Beyond { alone: FACADE, contenders },
        targets: vec![
            Target::times(3.0, Against::Row(THEIRS)),
            Target::times(3.0, Against::Row(THEIRS)).in_column(2),
        ],
        ..scenario(id, title, 1, contenders)
    };
    vec![
        beyond("facade_fixed", "`counter!` with two fixed labels", NOTE, fixed),
        Scenario {
            limit: Some(FACADE),
            ..scenario("facade_fixed_contended", "`counter!` with two fixed labels, 2 threads", 2, fixed)
        },
        beyond(
            "facade_str",
            "`counter!` with two `String` labels, 1,000 pairs",
            "through the `metrics` façade, which copies both labels for each call, hashes them and frees them. That is \
             more than a third of what metrics-exporter-prometheus takes, so that no recorder is three times as fast; \
             what each takes beyond it is the third column.",
            texts,
        ),
        beyond(
            "facade_kept",
            "A counter of the façade, handle kept",
            "through the `metrics` façade: a call through a table, which a counter that does nothing takes, too. What \
             each takes beyond it is the third column.",
            kept,
        ),
        scenario("facade_histogram", "A histogram of the façade, handle kept", 1, recorded),
        Scenario {
            id: "facade_scrape",
            title: "Exposition of 10,240 samples counted through the façade",
            note: "time per sample line of the text format.",
            columns: SCRAPE_COLUMNS,
            key: 0,
            limit: None,
            method: Method::Apart(subjects),
            processes: u32::MAX,
            targets: vec![Target::times(5.0, Against::Row(THEIRS))],
            plot: None,
        },
    ]
}

static METADATA: Metadata<'static> = Metadata::new(module_path!(), Level::INFO, Some(module_path!()));

fn ours() -> &'static tallymark_metrics::Recorder {
    static RECORDER: OnceLock<tallymark_metrics::Recorder> = OnceLock::new();
    RECORDER.get_or_init(|| {
        let builder = tallymark_metrics::Recorder::builder().max_series(100_000);
        builder.buckets(&BOUNDS).expect("there are bounds").build()
    })
}

fn theirs() -> &'static PrometheusRecorder {
    static RECORDER: OnceLock<PrometheusRecorder> = OnceLock::new();
    RECORDER.get_or_init(|| {
        PrometheusBuilder::new().set_buckets(&BOUNDS).expect("there are bounds").build_recorder()
    })
}

/// A counter without a cell.
struct Nothing;

impl CounterFn for Nothing {
    fn increment(&self, _: u64) {}
    fn absolute(&self, _: u64) {}
}

/// A counter that one thread may add to.
struct Unlocked(AtomicU64);

impl CounterFn for Unlocked {
    fn increment(&self, value: u64) {
        self.0.store(self.0.load(Ordering::Relaxed).wrapping_add(value), Ordering::Relaxed);
    }
    fn absolute(&self, _: u64) {}
}

/// A counter that all threads add to.
struct Locked(AtomicU64);

impl CounterFn for Locked {
    fn increment(&self, value: u64) {
        self.0.fetch_add(value, Ordering::Relaxed);
    }
    fn absolute(&self, _: u64) {}
}

/// A recorder that looks nothing up. Each thread has one counter for all keys, so that threads do not wait for one another.
struct Facade;

impl Recorder for Facade {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        thread_local! {
            static ONE: OnceCell<Arc<Nothing>> = const { OnceCell::new() };
        }
        std::hint::black_box(key);
        ONE.with(|one| Counter::from_arc(Arc::clone(one.get_or_init(|| Arc::new(Nothing)))))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> metrics::Gauge {
        metrics::Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> metrics::Histogram {
        metrics::Histogram::noop()
    }
}

/// Our exposition of what begins so.
fn our_text(name: &str) -> String {
    registry::encode_to_string(Request::new(Format::Text004).names(Selection::of([name])))
}

/// The sum of all values on the lines of a name.
fn total(text: &str, name: &str) -> u64 {
    let lines = text.lines().filter(|line| line.split(['{', ' ']).next() == Some(name));
    lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum::<f64>() as u64
}

pub fn fixed() -> Vec<Contender> {
    vec![
        Contender::ours(OURS, || {
            let op = |it: &&'static tallymark_metrics::Recorder, _| {
                with_local_recorder(*it, || {
                    counter!("facade_ours_total", "method" => "get", "status" => "ok").increment(1)
                });
            };
            Built::handle(ours(), op, |_, done| {
                done.count(total(&our_text("facade_ours_total"), "facade_ours_total"))
            })
        }),
        Contender::peer(THEIRS, || {
            let op = |it: &&'static PrometheusRecorder, _| {
                with_local_recorder(*it, || {
                    counter!("facade_theirs_total", "method" => "get", "status" => "ok").increment(1)
                });
            };
            Built::handle(theirs(), op, |it, done| {
                done.count(total(&it.handle().render(), "facade_theirs_total"))
            })
        }),
        Contender::limit(FACADE, || {
            let op = |(): &(), _| {
                with_local_recorder(&Facade, || {
                    counter!("facade_nothing_total", "method" => "get", "status" => "ok").increment(1)
                });
            };
            Built::handle((), op, |(), done| unchecked(done))
        }),
    ]
}

pub fn texts() -> Vec<Contender> {
    vec![
        Contender::ours(OURS, || {
            let op = |it: &&'static tallymark_metrics::Recorder, i: usize| {
                let [endpoint, customer] = THOUSAND.of(i);
                with_local_recorder(*it, || {
                    counter!("facade_our_pairs_total", "endpoint" => endpoint.to_owned(), "customer" => customer.to_owned())
                        .increment(1);
                });
            };
            Built::handle(ours(), op, |_, done| {
                done.count(total(&our_text("facade_our_pairs_total"), "facade_our_pairs_total"))
            })
        }),
        Contender::peer(THEIRS, || {
            let op = |it: &&'static PrometheusRecorder, i: usize| {
                let [endpoint, customer] = THOUSAND.of(i);
                with_local_recorder(*it, || {
                    counter!("facade_their_pairs_total", "endpoint" => endpoint.to_owned(), "customer" => customer.to_owned())
                        .increment(1);
                });
            };
            Built::handle(theirs(), op, |it, done| {
                done.count(total(&it.handle().render(), "facade_their_pairs_total"))
            })
        }),
        Contender::limit("the key alone, made and dropped", || {
            let op = |_: &(), i: usize| {
                let [endpoint, customer] = THOUSAND.of(i);
                let labels = vec![
                    Label::new("endpoint", endpoint.to_owned()),
                    Label::new("customer", customer.to_owned()),
                ];
                _ = std::hint::black_box(Key::from_parts("facade_keys_total", labels));
            };
            Built::handle((), op, |(), done| unchecked(done))
        }),
        Contender::limit(FACADE, || {
            let op = |(): &(), i: usize| {
                let [endpoint, customer] = THOUSAND.of(i);
                with_local_recorder(&Facade, || {
                    counter!("facade_no_pairs_total", "endpoint" => endpoint.to_owned(), "customer" => customer.to_owned())
                        .increment(1);
                });
            };
            Built::handle((), op, |(), done| unchecked(done))
        }),
    ]
}

pub fn kept() -> Vec<Contender> {
    static KEY: Key = Key::from_static_name("facade_kept_total");
    vec![
        Contender::ours(OURS, || {
            let handle = ours().register_counter(&KEY, &METADATA);
            Built::handle(
                handle,
                |it, _| it.increment(1),
                |_, done| done.count(total(&our_text("facade_kept_total"), "facade_kept_total")),
            )
        }),
        Contender::peer(THEIRS, || {
            let handle = theirs().register_counter(&KEY, &METADATA);
            Built::handle(
                handle,
                |it, _| it.increment(1),
                |_, done| done.count(total(&theirs().handle().render(), "facade_kept_total")),
            )
        }),
        Contender::limit(FACADE, || by_hand(Arc::new(Nothing))),
        Contender::limit("the façade, and an addition that is not locked", || {
            by_hand(Arc::new(Unlocked(AtomicU64::new(0))))
        }),
        Contender::limit("the façade, and an addition that is locked", || {
            by_hand(Arc::new(Locked(AtomicU64::new(0))))
        }),
    ]
}

/// A counter of the façade that no recorder made.
fn by_hand(counter: Arc<impl CounterFn + Send + Sync + 'static>) -> Built {
    let handle = Counter::from_arc(counter);
    Built::handle(handle, |it, _| it.increment(1), |_, done| unchecked(done))
}

/// Observations, of which theirs keeps each until it is scraped.
fn recorded() -> Vec<Contender> {
    static KEY: Key = Key::from_static_name("facade_recorded_seconds");
    const UPKEEP: usize = 1 << 16;
    vec![
        Contender::ours(OURS, || {
            let handle = ours().register_histogram(&KEY, &METADATA);
            Built::handle(
                handle,
                |it, i| it.record(VALUES[i % VALUES.len()]),
                |_, done| {
                    done.count(total(&our_text("facade_recorded_seconds"), "facade_recorded_seconds_count"))
                },
            )
        }),
        Contender::peer(THEIRS, || {
            let handle = theirs().register_histogram(&KEY, &METADATA);
            let op = |it: &metrics::Histogram, i: usize| {
                it.record(VALUES[i % VALUES.len()]);
                // Somebody has to, or memory grows until it is scraped.
                if i.is_multiple_of(UPKEEP) {
                    theirs().handle().run_upkeep();
                }
            };
            Built::handle(handle, op, |_, done| {
                done.count(total(&theirs().handle().render(), "facade_recorded_seconds_count"))
            })
        }),
    ]
}

fn subjects() -> Vec<Subject> {
    vec![
        Subject::new(Class::Ours, OURS, |effort| {
            let selection =
                Selection::of((0..4).flat_map(|at| [format!("facade_c{at}"), format!("facade_h{at}")]));
            let request = Request::new(Format::Text004).names(selection);
            let mut bytes = Vec::new();
            scrape(ours(), effort, &mut |take| {
                bytes.clear();
                registry::encode(request.clone(), &mut bytes);
                take(std::str::from_utf8(&bytes).expect("text"));
            })
        }),
        Subject::new(Class::Peer, THEIRS, |effort| {
            scrape(theirs(), effort, &mut |take| take(&theirs().handle().render()))
        }),
    ]
}

/// Hands the exposition to what takes it.
type Encode<'a> = dyn FnMut(&mut dyn FnMut(&str)) + 'a;

/// Three tenths counters, the rest histograms of fourteen samples, with two labels, in four families each.
fn scrape(recorder: &dyn Recorder, effort: Effort, encode: &mut Encode<'_>) -> Result<Measures, String> {
    let samples: usize = if effort.smoke { 512 } else { 10_240 };
    let (counters, histograms) = (samples * 3 / 10, samples * 7 / 10 / 14);
    let labels = pairs(counters.max(histograms));
    with_local_recorder(recorder, || {
        for (at, &[endpoint, customer]) in labels.iter().enumerate() {
            let family = at % 4;
            if at < counters {
                counter!(format!("facade_c{family}"), "endpoint" => endpoint, "customer" => customer)
                    .increment(1 + at as u64 % 7);
            }
            if at < histograms {
                histogram!(format!("facade_h{family}"), "endpoint" => endpoint, "customer" => customer)
                    .record(VALUES[at % 100]);
            }
        }
    });
    let (mut times, mut lines, mut counted) = (Vec::new(), 0, 0);
    // The first fills buffers.
    for round in 0..=effort.rounds {
        let start = Instant::now();
        let mut elapsed = 0.0;
        encode(&mut |text| {
            elapsed = start.elapsed().as_nanos() as f64;
            if round == 0 {
                lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count();
                counted = (0..4).map(|family| total(text, &format!("facade_c{family}"))).sum();
            }
        });
        if round > 0 {
            times.push(elapsed / lines as f64);
        }
    }
    let expected: u64 = (0..counters as u64).map(|at| 1 + at % 7).sum();
    if counted != expected {
        return Err(format!("exposes {counted}, expected {expected}"));
    }
    Ok(vec![("text", times), ("samples", vec![lines as f64])])
}
