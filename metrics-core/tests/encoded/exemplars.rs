use super::{Shown, common::Pair, shown};
use std::{
    cell::Cell,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};
use tallymark_core::{Counter, FloatCounter, Histogram, Metric, Native, buckets, exemplar};

/// The labels of all exemplars of a series, in order.
fn ids(series: &Shown) -> Vec<&str> {
    series.exemplars.iter().flat_map(|exemplar| &exemplar.labels).map(|(_, value)| value.as_str()).collect()
}

#[test]
fn one_for_each_bucket_the_last_one() {
    static H: Histogram = Histogram::new(buckets![1.0, 2.0]).exemplars();
    H.observe_with_exemplar(0.5, &[("trace_id", "first")]);
    H.observe_with_exemplar(0.25, &[("trace_id", "second")]);
    H.handle().observe_with_exemplar(9.0, &[("trace_id", "large")]);
    H.observe_with_exemplar(f64::INFINITY, &[("trace_id", "infinite")]);
    let [seen] = shown(&H).try_into().expect("one series");
    assert_eq!(ids(&seen), ["second", "large"]);
    assert_eq!(seen.exemplars[1].value.to_bits(), 9.0_f64.to_bits());
    assert!(!seen.exemplars[1].at.is_zero());
    assert_eq!(seen.counts, [2, 0, 2]);
}

#[test]
fn counters_keep_one() {
    static WHOLE: Counter<Pair<'static>> = Counter::new().exemplars();
    static PARTS: FloatCounter = FloatCounter::new().exemplars();
    WHOLE.with(Pair { one: "a", other: "b" }).inc_with_exemplar(2, &[("trace_id", "x")]);
    WHOLE.with(Pair { one: "a", other: "b" }).inc();
    let [seen] = shown(&WHOLE).try_into().expect("one series");
    assert_eq!((ids(&seen).as_slice(), seen.number.to_bits()), (["x"].as_slice(), 3.0_f64.to_bits()));
    PARTS.inc_with_exemplar(0.5, &[("trace_id", "y")]);
    PARTS.inc_with_exemplar(-1.0, &[("trace_id", "refused")]);
    PARTS.inc_by(0.25);
    let [seen] = shown(&PARTS).try_into().expect("one series");
    assert_eq!((ids(&seen).as_slice(), seen.number.to_bits()), (["y"].as_slice(), 0.75_f64.to_bits()));
    assert_eq!(PARTS.get().to_bits(), 0.75_f64.to_bits());
}

#[test]
fn without_being_asked_none_are_kept() {
    static H: Histogram = Histogram::new(buckets![1.0]);
    static C: Counter = Counter::new();
    H.observe_with_exemplar(0.5, &[("trace_id", "x")]);
    C.inc_with_exemplar(1, &[("trace_id", "x")]);
    for seen in [shown(&H), shown(&C)].concat() {
        assert!(seen.exemplars.is_empty());
    }
    assert_eq!((H.get().count(), C.get()), (1, 1));
}

#[test]
fn labels_beyond_the_limit_cost_the_exemplar_and_not_the_observation() {
    static H: Histogram = Histogram::new(buckets![1.0]).exemplars();
    let long = "x".repeat(121);
    H.observe_with_exemplar(0.5, &[("trace_id", &long)]);
    H.observe_with_exemplar(0.5, &[("trace_id", "x"), ("trace_id", "y")]);
    H.observe_with_exemplar(0.5, &[("not a name", "x")]);
    let [seen] = shown(&H).try_into().expect("one series");
    assert!(seen.exemplars.is_empty());
    assert_eq!(seen.counts, [3, 0]);
    assert_eq!(H.dropped_exemplars(), 3);
    H.observe_with_exemplar(0.5, &[("trace_id", &long[1..])]);
    assert_eq!(shown(&H)[0].exemplars.len(), 1);
    assert_eq!(H.dropped_exemplars(), 3);
}

#[test]
fn a_removed_series_takes_its_exemplars_with_it() {
    static H: Histogram<Pair<'static>> = Histogram::native(Native::new()).exemplars();
    let handle = H.with(Pair { one: "a", other: "b" });
    handle.observe_with_exemplar(0.5, &[("trace_id", "x")]);
    assert_eq!(shown(&H)[0].exemplars.len(), 1);
    H.clear();
    handle.observe(0.5);
    assert!(shown(&H)[0].exemplars.iter().all(|exemplar| exemplar.labels[0].1 != "x"));
}

/// The source is the program's, so all that needs one is here.
#[test]
fn a_source_is_asked_where_exemplars_are_kept() {
    thread_local! {
        // Other tests, on other threads, keep exemplars too.
        static MINE: Cell<bool> = const { Cell::new(false) };
    }
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    static ANSWER: Mutex<Option<&str>> = Mutex::new(None);
    static H: Histogram = Histogram::new(buckets![1.0, 2.0]).exemplars();
    static PLAIN: Histogram = Histogram::new(buckets![1.0, 2.0]);
    static OTHER: Counter = Counter::new().exemplars();

    H.observe(0.5);
    MINE.set(true);
    exemplar::set_source(|labels| {
        let answer = *ANSWER.lock().expect("not poisoned");
        if MINE.get() {
            ASKED.fetch_add(1, Ordering::Relaxed);
            // What is observed here asks nobody.
            OTHER.inc();
            H.observe(1.5);
            match answer {
                Some("panic") => panic!("on purpose"),
                Some("bad") => assert!(!labels.push("not a name", "x")),
                Some(id) => assert!(labels.push("trace_id", id)),
                None => {}
            }
        }
    })
    .expect("the first source");
    assert!(exemplar::set_source(|_| ()).is_err());

    let answer = |answer| *ANSWER.lock().expect("not poisoned") = answer;
    PLAIN.observe(0.5);
    assert_eq!(ASKED.load(Ordering::Relaxed), 0);
    H.observe(0.5);
    H.observe(0.5);
    assert_eq!(ASKED.load(Ordering::Relaxed), 2, "as long as it has nothing to say");
    answer(Some("panic"));
    H.observe(0.5);
    assert!(shown(&H)[0].exemplars.is_empty());
    assert_eq!(H.dropped_exemplars(), 0);
    answer(Some("bad"));
    H.observe(0.5);
    assert!(shown(&H)[0].exemplars.is_empty());
    assert_eq!(H.dropped_exemplars(), 1);
    answer(Some("one"));
    H.observe(0.5);
    assert_eq!(ids(&shown(&H)[0]), ["one"]);
    assert!(shown(&OTHER)[0].exemplars.is_empty());
    // Each bucket has its own, and what is given comes before what is found.
    answer(Some("two"));
    H.observe(7.0);
    H.observe_with_exemplar(0.75, &[("trace_id", "given")]);
    assert_eq!(ids(&shown(&H)[0]), ["given", "two"]);
    assert_eq!(shown(&H)[0].counts.iter().sum::<u64>(), H.get().count());
    MINE.set(false);
}
