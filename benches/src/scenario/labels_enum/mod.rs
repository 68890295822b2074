//! A counter with two labels of five values each, closed sets known at compile time; the series is looked up at each
//! call, in random order.
//!
//! The order matters: a `match` over the labels becomes an indirect jump that random labels mispredict.

mod fixed;
mod texts;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use ::metriken::{CounterGroup, ShardedCounterGroup, metric};
use foundations_metrics::{LowCardinalityFamily, LowCardinalityLabel, NamedMetric, ThreadLocalCounter};
use measured::{CounterVec, FixedCardinalityLabel, LabelGroup, label::StaticLabelSet};
use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeLabelValue},
    metrics::family::Family,
};
use serde::Serialize;

use tallymark_benches::{
    hand::block,
    harness::{
        contender::{Built, Contender, Done, unchecked},
        scenario::{LOOP_COLUMNS, Method, Scenario},
        target::{Against, Target},
    },
    input::INPUTS,
    peer::{self, HELP},
};

use self::texts::{OUTCOME_TEXTS, VERB_TEXTS, sum};
use crate::{
    operation::closed::{at, choices},
    ours,
};

pub const LIMIT: &str = "thread-local block[index + slot]";

pub fn scenarios() -> [Scenario; 2] {
    let scenario = Scenario {
        id: "counter_labels_enum",
        title: "Counter with two closed labels",
        note: "two labels from closed sets of five, looked up at each call.",
        columns: LOOP_COLUMNS,
        key: 0,
        limit: Some(LIMIT),
        method: Method::Loop { workers: 1, contenders },
        processes: u32::MAX,
        targets: vec![
            Target::times(2.5, Against::BestPeer),
            Target::times(30.0, Against::Row("prometheus with_label_values")),
        ],
        plot: None,
    };
    let contended = Scenario {
        id: "counter_labels_enum_contended",
        title: "Counter with two closed labels, 2 threads",
        note: "the same from two threads at once: wall time over all operations.",
        key: 1,
        method: Method::Loop { workers: 2, contenders },
        processes: u32::MAX,
        targets: vec![Target::times(2.5, Against::BestPeer)],
        ..scenario
    };
    [scenario, contended]
}

/// One label.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    FixedCardinalityLabel,
    EncodeLabelValue,
    fastmetrics::derive::EncodeLabelValue,
)]
pub enum Verb {
    Get,
    Post,
    Put,
    Delete,
    Patch,
}

/// The other.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    FixedCardinalityLabel,
    EncodeLabelValue,
    fastmetrics::derive::EncodeLabelValue,
)]
pub enum Outcome {
    Fine,
    Moved,
    Refused,
    Failed,
    Late,
}

const VERBS: [Verb; 5] = [Verb::Get, Verb::Post, Verb::Put, Verb::Delete, Verb::Patch];
const OUTCOMES: [Outcome; 5] =
    [Outcome::Fine, Outcome::Moved, Outcome::Refused, Outcome::Failed, Outcome::Late];

/// The enums above.
pub fn enums() -> &'static [(Verb, Outcome); INPUTS] {
    choices(VERBS, OUTCOMES)
}

pub fn contenders() -> Vec<Contender> {
    let mut all = ours::labels_enum();
    all.extend(array_peers());
    all.extend(hashing_peers());
    all.extend(fixed::peers());
    all.extend(limits());
    all
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, EncodeLabelSet, fastmetrics::derive::LabelSet,
)]
struct Labels {
    verb: Verb,
    outcome: Outcome,
}

impl LowCardinalityLabel for Labels {
    const CARDINALITY: std::num::NonZeroUsize = std::num::NonZeroUsize::new(25).unwrap();

    fn index(&self) -> usize {
        self.verb as usize * 5 + self.outcome as usize
    }
}

#[derive(LabelGroup)]
#[label(set = GroupSet)]
struct Group {
    verb: Verb,
    outcome: Outcome,
}

#[metric(name = "metriken_enum")]
static METRIKEN: CounterGroup = CounterGroup::new(25);

#[metric(name = "metriken_enum_sharded")]
static METRIKEN_SHARDED: ShardedCounterGroup = ShardedCounterGroup::new(25);

fn array_peers() -> Vec<Contender> {
    vec![
        Contender::peer("foundations-metrics LowCardinalityFamily, ThreadLocalCounter", || {
            let family = LowCardinalityFamily::<Labels, ThreadLocalCounter>::default();
            peer::foundations::put(NamedMetric::new("bench_c", HELP, family.clone()));
            Built::handle(
                (family, enums()),
                |(it, all), i| {
                    let (verb, outcome) = at(all, i);
                    it.get_or_create(&Labels { verb, outcome }).inc();
                },
                |_, done| done.count(counted(&peer::foundations::text(), "bench_c")),
            )
        }),
        Contender::peer("foundations-metrics LowCardinalityFamily", || {
            let family = LowCardinalityFamily::<Labels, foundations_metrics::Counter>::default();
            peer::foundations::put(NamedMetric::new("bench_d", HELP, family.clone()));
            Built::handle(
                (family, enums()),
                |(it, all), i| {
                    let (verb, outcome) = at(all, i);
                    it.get_or_create(&Labels { verb, outcome }).inc();
                },
                |_, done| done.count(counted(&peer::foundations::text(), "bench_d")),
            )
        }),
        Contender::peer("measured CounterVec, FixedCardinalityLabel", || {
            let set = GroupSet { verb: StaticLabelSet::new(), outcome: StaticLabelSet::new() };
            let family = Arc::new(CounterVec::with_label_set(set));
            Built::handle(
                (family, enums()),
                |(it, all), i| {
                    let (verb, outcome) = at(all, i);
                    it.inc(Group { verb, outcome });
                },
                |(it, _), done| done.count(peer::read(&peer::measured::rendered(&**it, "bench_c")).counted),
            )
        }),
        Contender::peer("metriken CounterGroup[slot]", || {
            let op = |all: &&'static [(Verb, Outcome); INPUTS], i: usize| {
                let (verb, outcome) = at(all, i);
                METRIKEN.increment(verb as usize * 5 + outcome as usize);
            };
            let sum = || (0..25).filter_map(|slot| METRIKEN.value(slot)).sum();
            Built::handle(enums(), op, move |_, done| done.count(sum()))
        }),
        Contender::peer("metriken ShardedCounterGroup[slot]", || {
            let op = |all: &&'static [(Verb, Outcome); INPUTS], i: usize| {
                let (verb, outcome) = at(all, i);
                METRIKEN_SHARDED.increment(verb as usize * 5 + outcome as usize);
            };
            let sum = || (0..25).filter_map(|slot| METRIKEN_SHARDED.value(slot)).sum();
            Built::handle(enums(), op, move |_, done| done.count(sum()))
        }),
    ]
}

/// The sum of the lines whose name begins so.
fn counted(text: &str, name: &str) -> u64 {
    let lines = text.lines().filter(|line| line.starts_with(name));
    lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum::<f64>() as u64
}

fn hashing_peers() -> Vec<Contender> {
    vec![
        Contender::peer("fastmetrics Family", || {
            let family =
                fastmetrics::metrics::family::Family::<Labels, fastmetrics::metrics::counter::Counter>::default();
            Built::handle(
                (family, enums()),
                |(it, all), i| {
                    let (verb, outcome) = at(all, i);
                    it.with_or_new(&Labels { verb, outcome }, |metric| metric.inc());
                },
                |(it, _), done| {
                    let each = labels().map(|labels| it.with(&labels, |metric| metric.total()).unwrap_or(0));
                    done.count(each.sum())
                },
            )
        }),
        Contender::peer("prometheus-client Family", || {
            let family = Family::<Labels, prometheus_client::metrics::counter::Counter>::default();
            Built::handle(
                (family, enums()),
                |(it, all), i| {
                    let (verb, outcome) = at(all, i);
                    it.get_or_create(&Labels { verb, outcome }).inc();
                },
                |(it, _), done| done.count(labels().map(|labels| it.get_or_create(&labels).get()).sum()),
            )
        }),
        Contender::peer("prometheus with_label_values", || {
            let family = peer::prometheus::counters("enum_total", &["verb", "outcome"]);
            Built::handle(
                (family, choices(VERB_TEXTS, OUTCOME_TEXTS)),
                |(it, all), i| {
                    let (verb, outcome) = at(all, i);
                    it.with_label_values(&[verb, outcome]).inc();
                },
                |(it, _), done| done.count(sum(it)),
            )
        }),
        Contender::peer("opentelemetry &'static attributes", || {
            let (provider, meter, registry) = peer::opentelemetry::provider(25);
            let counter = meter.u64_counter("bench_c").build();
            Built::handle(
                (counter, choices(VERB_TEXTS, OUTCOME_TEXTS)),
                |(it, all), i| {
                    use ::opentelemetry::KeyValue;
                    let (verb, outcome) = at(all, i);
                    it.add(1, &[KeyValue::new("verb", verb), KeyValue::new("outcome", outcome)]);
                },
                move |_, done| {
                    let _alive = provider;
                    done.count(peer::read(&peer::opentelemetry::text(&registry)).counted)
                },
            )
        }),
        Contender::peer("metrics counter! &'static labels", || {
            peer::metrics::recorder();
            Built::handle(
                choices(VERB_TEXTS, OUTCOME_TEXTS),
                |all, i| {
                    let (verb, outcome) = at(all, i);
                    metrics::counter!("enum_total", "verb" => verb, "outcome" => outcome).increment(1);
                },
                |_, done| done.count(peer::metrics::rendered("enum_total") as u64),
            )
        }),
    ]
}

fn labels() -> impl Iterator<Item = Labels> {
    VERBS.into_iter().flat_map(|verb| OUTCOMES.into_iter().map(move |outcome| Labels { verb, outcome }))
}

fn limits() -> Vec<Contender> {
    static SHARED: [AtomicU64; 25] = [const { AtomicU64::new(0) }; 25];
    vec![
        Contender::limit("(the labels and no counter)", || {
            let op =
                |all: &&'static [(Verb, Outcome); INPUTS], i: usize| _ = std::hint::black_box(at(all, i));
            Built::handle(enums(), op, |_, done| unchecked(done))
        }),
        Contender::limit(LIMIT, || {
            block::assign();
            let op = |all: &&'static [(Verb, Outcome); INPUTS], i: usize| {
                let (verb, outcome) = at(all, i);
                block::inc(block::SLOT.load(Relaxed) + verb as usize * 5 + outcome as usize);
            };
            let sum = || (0..25).map(|slot| block::total(block::SLOT.load(Relaxed) + slot)).sum();
            Built::handle(enums(), op, move |_, done: &Done| done.count(sum()))
        }),
        Contender::limit("AtomicU64 array[slot], fetch_add", || {
            let op = |all: &&'static [(Verb, Outcome); INPUTS], i: usize| {
                let (verb, outcome) = at(all, i);
                SHARED[verb as usize * 5 + outcome as usize].fetch_add(1, Relaxed);
            };
            let sum = || SHARED.iter().map(|cell| cell.load(Relaxed)).sum();
            Built::handle(enums(), op, move |_, done| done.count(sum()))
        }),
    ]
}
