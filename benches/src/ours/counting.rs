//! Counters and histograms, with and without labels.

use std::sync::LazyLock;
use tallymark::{
    Counter, CounterHandle, Histogram, HistogramReading, Labelled, buckets, metric, place,
    registry::Declaration,
};
use tallymark_benches::{
    harness::contender::{Built, Contender, Done},
    input::{INPUTS, THOUSAND, value},
};

use super::{Ended, Outcome, Pair, Route, Verb};
use crate::operation::{closed, observation};

/// Increments.
#[metric(name = "inc_total")]
static INC: Counter = Counter::new();

/// Increments through a handle.
#[metric(name = "inc_by_handle_total")]
static INC_BY_HANDLE: Counter = Counter::new();

/// Increments by closed labels.
#[metric(name = "ended_total")]
static ENDED: Counter<Ended> = Counter::new();

/// Increments by open labels.
#[metric(name = "pairs_total")]
static PAIRS: Counter<Pair<'static>> = Counter::new();

/// Increments by open labels through handles.
#[metric(name = "pairs_by_handle_total")]
static PAIRS_BY_HANDLE: Counter<Pair<'static>> = Counter::new();

/// Increments by open labels whose names are known at run time.
static NAMED: LazyLock<&'static Labelled<Counter>> = LazyLock::new(|| {
    let pairs = Declaration::new("pairs_by_name_total", "Increments by labels named at run time.", place!());
    pairs.labels(["endpoint", "customer"]).declare(Counter::new).expect("names that are right")
});

/// Values by an open label whose name is known at run time.
static ROUTED: LazyLock<&'static Labelled<Histogram>> = LazyLock::new(|| {
    let values =
        Declaration::new("routed_values_by_name_seconds", "Values by a label named at run time.", place!());
    let made = values
        .labels(["route"])
        .declare(|| Histogram::new(buckets![0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]));
    made.expect("names that are right")
});

/// Values.
#[metric(name = "values_seconds")]
static VALUES: Histogram =
    Histogram::new(buckets![0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]);

/// Values by an open label.
#[metric(name = "routed_values_seconds")]
static BY_ROUTE: Histogram<Route<'static>> =
    Histogram::new(buckets![0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]);

/// The rows of families whose label names are known at run time.
pub const NAMED_AT_RUN_TIME: &str = "tallymark, names known at run time";

/// An unlabelled counter.
pub fn counter() -> Vec<Contender> {
    vec![
        Contender::ours("tallymark", || Built::free(|_| INC.inc(), |done| done.count(INC.get()))),
        Contender::ours("tallymark, handle kept", || {
            let check = |it: &CounterHandle, done: &Done| done.count(it.get());
            Built::handle(INC_BY_HANDLE.handle(), |it, _| it.inc(), check)
        }),
    ]
}

/// Two closed labels.
pub fn labels_enum() -> Vec<Contender> {
    vec![Contender::ours("tallymark", || {
        let all = closed::choices(
            [Verb::Get, Verb::Post, Verb::Put, Verb::Delete, Verb::Patch],
            [Outcome::Fine, Outcome::Moved, Outcome::Refused, Outcome::Failed, Outcome::Late],
        );
        let op = |all: &&'static [(Verb, Outcome); INPUTS], i: usize| {
            let (verb, outcome) = closed::at(all, i);
            ENDED.with(Ended { verb, outcome }).inc();
        };
        Built::handle(all, op, |_, done| done.count(ENDED.sum()))
    })]
}

/// Two open labels.
pub fn labels_str() -> Vec<Contender> {
    vec![
        Contender::ours("tallymark", || {
            let op = |it: &&'static tallymark_benches::input::Mixed, i: usize| {
                let [endpoint, customer] = it.of(i);
                PAIRS.with(Pair { endpoint, customer }).inc();
            };
            Built::handle(&*THOUSAND, op, |_, done| done.count(PAIRS.sum()))
        }),
        Contender::ours(NAMED_AT_RUN_TIME, || {
            let check = |(_, mixed): &(_, &'static tallymark_benches::input::Mixed), done: &Done| {
                done.count(mixed.pairs.iter().map(|pair| NAMED.with(pair).get()).sum())
            };
            Built::handle((*NAMED, &*THOUSAND), |(it, mixed), i| it.with(&mixed.of(i)).inc(), check)
        }),
        Contender::ours("tallymark, handle kept", || {
            let mixed = &*THOUSAND;
            let handles: Vec<CounterHandle> = (0..INPUTS)
                .map(|i| {
                    let [endpoint, customer] = mixed.of(i);
                    PAIRS_BY_HANDLE.with(Pair { endpoint, customer })
                })
                .collect();
            let handles: &'static [CounterHandle] = handles.leak();
            let op = |it: &&'static [CounterHandle], i: usize| it[i & (it.len() - 1)].inc();
            Built::handle(handles, op, |_, done| done.count(PAIRS_BY_HANDLE.sum()))
        }),
    ]
}

/// An unlabelled histogram.
pub fn histogram() -> Vec<Contender> {
    vec![Contender::ours("tallymark", || {
        let check = |values: &&'static [f64], done: &Done| right(&VALUES.get(), values, done);
        Built::handle(observation::values(), |values, i| VALUES.observe(value(values, i)), check)
    })]
}

/// Count and sum, and each bucket by counting again.
fn right(seen: &HistogramReading, values: &[f64], done: &Done) -> Result<(), String> {
    done.count(seen.count())?;
    done.sum(seen.sum(), values)?;
    let mut expected = vec![0; seen.counts().len()];
    for &ops in &done.workers {
        for (i, value) in values.iter().enumerate() {
            let bucket = tallymark_benches::input::BOUNDS.iter().filter(|&bound| value > bound).count();
            let len = values.len() as u64;
            expected[bucket] += ops / len + u64::from((i as u64) < ops % len);
        }
    }
    if seen.counts() == expected {
        Ok(())
    } else {
        Err(format!("buckets {:?}, expected {expected:?}", seen.counts()))
    }
}

/// One open label.
pub fn histogram_str() -> Vec<Contender> {
    vec![
        Contender::ours("tallymark", || {
            let observe =
                |(): &(), route: &'static str, value: f64| BY_ROUTE.with(Route { route }).observe(value);
            observation::labelled((), observe, |()| all_routes(|route| BY_ROUTE.with(Route { route }).get()))
        }),
        Contender::ours(NAMED_AT_RUN_TIME, || {
            let observe = |it: &&'static Labelled<Histogram>, route: &'static str, value: f64| {
                it.with(&[route]).observe(value);
            };
            observation::labelled(*ROUTED, observe, |it| all_routes(|route| it.with(&[route]).get()))
        }),
    ]
}

/// Count and sum over all routes.
fn all_routes(read: impl Fn(&'static str) -> HistogramReading) -> (u64, f64) {
    let routes: std::collections::BTreeSet<_> = observation::routes().iter().copied().collect();
    routes.into_iter().map(read).fold((0, 0.0), |(count, sum), seen| (count + seen.count(), sum + seen.sum()))
}
