//! Gauge histograms that an application declares.
#![allow(missing_docs)]

mod common;

use common::{Closed, Pair, seen, seen_at};
use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};
use tallymark_core::{
    EntryGuard, GaugeHistogram, IntGauge, Kind, buckets, place,
    registry::{self, CollectError, Collector, Conflict, Declaration, Families, Format, Registry},
    snapshot::HistogramValue,
};

/// Miri is a thousand times slower.
const fn times(native: usize, miri: usize) -> usize {
    if cfg!(miri) { miri } else { native }
}

fn pair(other: &str) -> Pair<'_> {
    Pair { one: "queue", other }
}

fn of_one(metric: &GaugeHistogram<Pair<'static>>, other: &str) -> Option<String> {
    seen_at(metric, &["queue", other])
}

const BOUNDS: [f64; 2] = [1.0, 60.0];
const AGES: [f64; 4] = [0.5, 60.0, 100.0, -0.25];

/// As a collector shows the same values, which have been counted without any of this.
#[test]
fn every_format_shows_what_it_shows_of_a_collector() {
    struct Ages;
    impl Collector for Ages {
        fn name(&self) -> &'static str {
            "ages"
        }

        fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
            let labels = [("one", "queue"), ("other", "mail")];
            let value = HistogramValue::of(BOUNDS, AGES);
            families
                .gauge_histogram("declared_age_seconds", "Ages.")
                .unit("seconds")
                .point(&labels, value.clone());
            families.gauge_histogram("declared_sizes", "Sizes.").point(&[], HistogramValue::of(BOUNDS, []));
            Ok(())
        }
    }
    let collected = Registry::new();
    let _registration = collected.register_collector(Ages);
    let declared = Registry::new();
    let declare = |name| Declaration::new(name, help_of(name), place!()).registry(declared);
    let ages: &GaugeHistogram =
        declare("declared_sizes").declare(|| GaugeHistogram::new(buckets![1.0, 60.0])).unwrap();
    let by_queue = declare("declared_age_seconds").unit("seconds").labels(["one", "other"]);
    let by_queue = by_queue.declare(|| GaugeHistogram::<()>::new(buckets![1.0, 60.0])).unwrap();
    assert_eq!(ages.get().count(), 0);
    let (entering, set) = AGES.split_at(2);
    by_queue.with(&["queue", "mail"]).set_all(set.iter().copied());
    let _guards: Vec<EntryGuard> =
        entering.iter().map(|&age| by_queue.with(&["queue", "mail"]).enter(age)).collect();
    for format in [Format::Text004, Format::OpenMetrics100, Format::OpenMetrics200, Format::Protobuf] {
        let (mut theirs, mut ours) = (Vec::new(), Vec::new());
        collected.encode(format, &mut theirs);
        declared.encode(format, &mut ours);
        assert!(!theirs.is_empty());
        assert_eq!(String::from_utf8_lossy(&ours), String::from_utf8_lossy(&theirs), "{format:?}");
    }
    let snapshot = declared.snapshot();
    assert_eq!(snapshot.value("declared_sizes_gcount", &[]), Some(0.0));
    assert_eq!(
        snapshot.value("declared_age_seconds_gsum", &[("one", "queue"), ("other", "mail")]),
        Some(160.25)
    );
}

fn help_of(name: &str) -> &'static str {
    if name == "declared_sizes" { "Sizes." } else { "Ages." }
}

#[test]
fn a_reader_sees_whole_sets_of_values_only() {
    static SET: GaugeHistogram = GaugeHistogram::new(buckets![1.0, 10.0]);
    static DONE: AtomicBool = AtomicBool::new(false);
    let (few, many) = (vec![0.5; 3], vec![100.0; 40]);
    SET.set_all(few.iter().copied());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..times(20_000, 20) {
                    SET.set_all(few.iter().copied());
                    SET.set_all(many.iter().copied());
                }
                DONE.store(true, Ordering::Release);
            });
        }
        while !DONE.load(Ordering::Acquire) {
            let reading = SET.get();
            let is_one =
                [(&[3, 0, 0][..], 1.5), (&[0, 0, 40], 4000.0)].contains(&(reading.counts(), reading.sum()));
            assert!(is_one, "{reading:?}");
        }
    });
}

#[test]
fn values_enter_and_leave_on_any_thread_and_nothing_is_left_of_them() {
    static SIZES: GaugeHistogram = GaugeHistogram::new(buckets![1.0, 10.0]);
    static DONE: AtomicBool = AtomicBool::new(false);
    // Each thread has ten values at most, each of which is a tenth.
    let (threads, most) = (3, 10);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(move || {
                    let mut left = Vec::new();
                    for _ in 0..times(3_000, 3) {
                        left = (0..most).map(|_| SIZES.enter(0.1)).collect();
                    }
                    left
                })
            })
            .collect();
        let reader = scope.spawn(|| {
            while !DONE.load(Ordering::Acquire) {
                let reading = SIZES.get();
                let count = reading.count();
                // The former ten are dropped when the next ten have come.
                assert!(count <= 2 * most * threads, "{count}");
                assert!((reading.sum() - count as f64 * 0.1).abs() < 1e-9, "{reading:?}");
            }
        });
        let left: Vec<EntryGuard> =
            workers.into_iter().flat_map(|worker| worker.join().expect("it ended")).collect();
        assert_eq!(SIZES.get().counts(), [most * threads, 0, 0]);
        assert!(!SIZES.remove(()), "it has a level");
        drop(left);
        DONE.store(true, Ordering::Release);
        reader.join().expect("it ended");
    });
    assert_eq!((SIZES.get().count(), SIZES.get().sum()), (0, 0.0));
}

#[test]
fn what_is_no_number_is_left_out_and_counted_for_ever() {
    let declaration = Declaration::new("declared_odd_sizes", "Sizes.", place!());
    let sizes: &GaugeHistogram<Pair<'static>> =
        declaration.declare(|| GaugeHistogram::new(buckets![1.0]).max_series(2)).expect("good");
    let rejected = || {
        let labels = [("metric", "declared_odd_sizes")];
        registry::snapshot().counter("tallymark_rejected_observations_total", &labels)
    };
    let mail = sizes.with(pair("mail"));
    mail.set_all([f64::NAN, f64::INFINITY, 3.0]);
    assert_eq!((mail.get().counts(), mail.get().sum()), (&[0, 2][..], 3.0));
    assert_eq!(rejected(), Some(2));
    {
        let _guards = (mail.enter(f64::NAN), mail.enter(f64::NEG_INFINITY));
        assert_eq!((mail.get().counts(), mail.get().sum()), (&[1, 2][..], 3.0));
        assert_eq!(rejected(), Some(4));
    }
    assert_eq!(mail.get().counts(), [0, 2]);
    assert!(sizes.remove(pair("mail")));
    for number in 0..100 {
        // What they take up is what others had before.
        let name = number.to_string();
        sizes.with(pair(&name)).set_all([f64::NAN]);
        assert!(sizes.remove(pair(&name)));
    }
    assert_eq!(rejected(), Some(104));
}

#[test]
fn what_was_set_can_be_removed_and_what_has_entered_cannot() {
    static AGES: GaugeHistogram<Pair<'static>> = GaugeHistogram::new(buckets![1.0, 60.0]);
    let mail = AGES.with(pair("mail"));
    assert!(!AGES.remove(pair("news")), "nobody asked for it");
    mail.set_all([5.0]);
    assert!(AGES.remove(pair("mail")));
    assert_eq!(of_one(&AGES, "mail"), None);
    let guard = mail.enter(0.5);
    assert_eq!(of_one(&AGES, "mail").as_deref(), Some("[1, 0, 0] 0.5"), "from nothing");
    mail.set_all([7.0]);
    assert!(!AGES.remove(pair("mail")));
    AGES.clear();
    assert_eq!(AGES.remove_matching(|_| true), 0);
    assert_eq!(of_one(&AGES, "mail").as_deref(), Some("[1, 1, 0] 7.5"));
    drop(guard);
    assert_eq!(of_one(&AGES, "mail").as_deref(), Some("[0, 1, 0] 7"));
    mail.set_all([]);
    assert_eq!(of_one(&AGES, "mail").as_deref(), Some("[0, 0, 0] 0"), "there is nothing, and that is known");
    assert!(AGES.remove(pair("mail")));
    assert_eq!(of_one(&AGES, "mail"), None);
}

/// A hundred times as many queues as may be shown, each of which begins with nothing. Handles of those that are gone change nothing.
#[test]
fn series_come_and_go() {
    const MOST: u32 = 16;
    static AGES: GaugeHistogram<Pair<'static>> = GaugeHistogram::new(buckets![1.0, 60.0]).max_series(MOST);
    let stays = AGES.with(pair("stays")).enter(100.0);
    let first = AGES.with(pair("0"));
    for number in 0..times(1600, 40) {
        let name = number.to_string();
        let queue = AGES.with(pair(&name));
        assert_eq!(of_one(&AGES, &name).as_deref(), Some("[0, 0, 0] 0"), "{name}");
        let guard = queue.enter(0.5);
        queue.set_all([2.0, 3.0]);
        assert_eq!(of_one(&AGES, &name).as_deref(), Some("[1, 2, 0] 5.5"), "{name}");
        drop(guard);
        assert!(AGES.remove(pair(&name)));
    }
    let shown = seen(&AGES);
    first.set_all([1.0; 5]);
    let guard = first.enter(1.0);
    assert_eq!(seen(&AGES), shown);
    assert_eq!(first.get().count(), 0);
    drop(guard);
    assert_eq!(of_one(&AGES, "stays").as_deref(), Some("[0, 0, 1] 100"));
    drop(stays);
    assert_eq!(of_one(&AGES, "stays").as_deref(), Some("[0, 0, 0] 0"));
}

#[test]
fn closed_labels_are_shown_when_they_are_asked_for_or_from_the_start() {
    static SOME: GaugeHistogram<Closed> = GaugeHistogram::new(buckets![1.0]);
    static ALL: GaugeHistogram<Closed> = GaugeHistogram::new(buckets![1.0]).init();
    assert_eq!((seen(&SOME).len(), seen(&ALL).len()), (0, 6));
    let labels = || Closed { flag: true, level: Some(false) };
    SOME.with(labels()).set_all([]);
    assert_eq!(seen(&SOME).len(), 1);
    let _guard = ALL.with(labels()).enter(2.0);
    let values: Vec<String> = seen(&ALL).into_iter().map(|(_, value)| value).collect();
    assert_eq!(values.iter().filter(|value| *value == "[0, 0] 0").count(), 5);
    assert_eq!(values.iter().filter(|value| *value == "[0, 1] 2").count(), 1);
}

#[test]
fn an_iterator_may_read_and_set_what_it_is_for() {
    static AGES: GaugeHistogram = GaugeHistogram::new(buckets![1.0]);
    AGES.set_all([5.0]);
    AGES.set_all((0..2).map(|number| {
        AGES.set_all([f64::from(number)]);
        AGES.get().sum() + f64::from(number)
    }));
    assert_eq!((AGES.get().counts(), AGES.get().sum()), (&[1, 1][..], 2.0));
}

#[test]
fn an_iterator_that_panics_leaves_what_was_set() {
    static AGES: GaugeHistogram = GaugeHistogram::new(buckets![1.0]);
    AGES.set_all([5.0]);
    let panics = || AGES.set_all((0..2).map(|number| if number == 1 { panic!("a queue") } else { 0.5 }));
    assert!(std::panic::catch_unwind(panics).is_err());
    assert_eq!((AGES.get().counts(), AGES.get().sum()), (&[0, 1][..], 5.0));
}

#[test]
fn other_buckets_under_one_name_are_a_conflict() {
    let registry = Registry::new();
    let declare = |bounds| {
        let declaration = Declaration::new("declared_twice_sizes", "Sizes.", place!()).registry(registry);
        declaration.declare(move || GaugeHistogram::<()>::new(bounds)).map(drop)
    };
    let (one, same, other) = (buckets![1.0, 2.0], buckets![1.0, 2.0], buckets![1.0]);
    assert!(declare(one).is_ok() && declare(same).is_ok());
    assert!(declare(other).is_err());
    let clash = Declaration::new("declared_twice_sizes_gcount", "Values.", place!()).registry(registry);
    clash.allow_any_name().declare(IntGauge::<()>::new).expect("one that may be");
    let conflicts = registry.check().expect_err("a sample has that name");
    assert!(matches!(conflicts.iter().next(), Some(Conflict::Samples { .. })), "{conflicts:?}");
    let descriptors = registry.descriptors();
    let descriptor =
        descriptors.iter().find(|found| found.name == "declared_twice_sizes").expect("it is declared");
    assert_eq!((descriptor.kind, &descriptor.bounds[..]), (Kind::GaugeHistogram, &[1.0, 2.0][..]));
}
