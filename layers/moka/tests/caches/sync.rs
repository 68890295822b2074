//! moka for threads.

use crate::counts::counts;
use moka::{
    notification::RemovalCause,
    ops::compute::{CompResult, Op},
    sync::Cache as Moka,
};
use proptest::prelude::*;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Barrier, Mutex},
    thread,
    time::Duration,
};
use tallymark_moka::{Cache, sync::InstrumentedCache};

fn cache(name: &str, capacity: u64) -> InstrumentedCache<u8, u8> {
    InstrumentedCache::build(Cache::builder(name), Moka::builder().max_capacity(capacity))
        .expect("the names are free")
}

#[test]
fn lookups_sets_and_deletes() {
    let cache = cache("sync", 100);
    assert_eq!(cache.get(&1), None);
    cache.insert(1, 10);
    assert_eq!(cache.get(&1), Some(10));
    assert_eq!(cache.remove(&1), Some(10));
    assert_eq!(cache.remove(&1), None);
    cache.invalidate(&1);
    cache.invalidate_all();
    assert!(cache.invalidate_entries_if(|_, _| true).is_err(), "moka wants to be asked for this first");
    let counts = counts("sync", "moka");
    assert_eq!(counts.gets(), [1, 1, 0, 0]);
    assert_eq!(counts.sets(), [1, 0, 0, 0]);
    assert_eq!(counts.deletes(), [2, 1, 0, 0]);
    assert_eq!(counts.others(), [1, 0, 1, 0]);
    assert_eq!(["get", "set", "delete", "other"].map(|it| counts.timed(it)), [2, 1, 3, 2]);
    assert_eq!(counts.evictions(), [0, 0]);
}

#[test]
fn a_loader_that_runs_is_a_miss_and_a_set() {
    let cache = cache("sync_load", 100);
    for _ in 0..2 {
        assert_eq!(cache.get_with(1, || 10), 10);
        assert_eq!(cache.get_with_by_ref(&2, || 20), 20);
        assert_eq!(cache.optionally_get_with(3, || Some(30)), Some(30));
        assert_eq!(cache.optionally_get_with_by_ref(&4, || None), None);
        assert_eq!(cache.try_get_with(5, || Ok::<_, String>(50)), Ok(50));
        assert_eq!(cache.try_get_with_by_ref(&6, || Err("no")), Err(Arc::new("no")));
    }
    let counts = counts("sync_load", "moka");
    // Of the second round, 4 and 6 are misses again.
    assert_eq!(counts.gets(), [4, 8, 0, 0]);
    assert_eq!(counts.sets(), [4, 0, 0, 0]);
    assert_eq!((counts.timed("get"), counts.timed("load")), (4, 8));
}

#[test]
fn a_loader_that_panics_was_a_miss() {
    let cache = cache("sync_panic", 100);
    let panicked = catch_unwind(AssertUnwindSafe(|| cache.get_with(1, || panic!("as asked for"))));
    assert!(panicked.is_err());
    assert_eq!(counts("sync_panic", "moka").gets(), [0, 1, 0, 0]);
    assert_eq!(counts("sync_panic", "moka").sets(), [0; 4]);
}

#[test]
fn one_of_several_callers_loads() {
    let cache = cache("sync_wait", 100);
    let (loading, waiting) = (Barrier::new(2), Barrier::new(2));
    thread::scope(|scope| {
        scope.spawn(|| {
            cache.get_with(1, || {
                loading.wait();
                waiting.wait();
                10
            })
        });
        loading.wait();
        let second = scope.spawn(|| {
            waiting.wait();
            cache.get_with(1, || unreachable!("the other one loads"))
        });
        assert_eq!(second.join().ok(), Some(10));
    });
    assert_eq!(counts("sync_wait", "moka").gets(), [1, 1, 0, 0]);
}

#[test]
fn entries_know_whether_they_are_fresh() {
    let cache = cache("sync_entry", 100);
    assert!(cache.entry(1).or_insert(10).is_fresh());
    assert!(!cache.entry_by_ref(&1).or_insert_with(|| 11).is_fresh());
    assert!(cache.entry(2).or_default().is_fresh());
    assert_eq!(cache.entry(2).or_insert_with_if(|| 22, |old| *old == 0).into_value(), 22);
    assert!(cache.entry(3).or_optionally_insert_with(|| None).is_none());
    assert!(cache.entry(3).or_try_insert_with(|| Err::<u8, _>("no")).is_err());
    let counted = counts("sync_entry", "moka");
    assert_eq!(counted.gets(), [1, 5, 0, 0]);
    assert_eq!(counted.sets(), [3, 0, 0, 0]);

    cache.entry(1).and_upsert_with(|entry| entry.map_or(0, |entry| entry.into_value() + 1));
    assert!(matches!(cache.entry(9).and_compute_with(|_| Op::Nop), CompResult::StillNone(_)));
    assert!(matches!(cache.entry(9).and_compute_with(|_| Op::Put(90)), CompResult::Inserted(_)));
    assert!(matches!(cache.entry_by_ref(&9).and_compute_with(|_| Op::Remove), CompResult::Removed(_)));
    assert!(cache.entry(9).and_try_compute_with(|_| Err::<Op<u8>, _>("no")).is_err());
    let counted = counts("sync_entry", "moka");
    assert_eq!(counted.gets(), [3, 8, 0, 0]);
    assert_eq!(counted.sets(), [5, 0, 0, 0]);
    assert_eq!(counted.deletes(), [1, 0, 0, 0]);
}

#[test]
fn evictions_are_counted_beside_the_listener_that_is_there() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let listener = {
        let seen = Arc::clone(&seen);
        move |key: Arc<u8>, value: u8, cause: RemovalCause| {
            seen.lock().expect("no test panics here").push((*key, value, cause));
        }
    };
    let moka = Moka::builder().max_capacity(1);
    let cache = InstrumentedCache::build_with_listener(Cache::builder("sync_full"), moka, listener)
        .expect("free names");
    for key in 0..3 {
        cache.insert(key, key);
        cache.run_pending_tasks();
    }
    cache.invalidate_all();
    cache.run_pending_tasks();
    let seen = seen.lock().expect("no test panics here");
    let by = |wanted| seen.iter().filter(|(.., cause)| *cause == wanted).count();
    assert_eq!((by(RemovalCause::Size), by(RemovalCause::Explicit)), (2, 1), "{seen:?}");
    assert_eq!(counts("sync_full", "moka").evictions(), [2, 0]);
}

#[test]
fn expired_entries_are_evictions_too() {
    let moka = Moka::builder().max_capacity(10).time_to_live(Duration::ZERO);
    let cache: InstrumentedCache<u8, u8> =
        InstrumentedCache::build(Cache::builder("sync_old"), moka).expect("free names");
    cache.insert(1, 10);
    assert_eq!(cache.get(&1), None, "it is over at once");
    cache.run_pending_tasks();
    assert_eq!(counts("sync_old", "moka").evictions(), [0, 1]);
    assert_eq!(counts("sync_old", "moka").gets(), [0, 1, 0, 0]);
}

#[test]
fn entries_are_pulled_and_nothing_outlives_the_cache() {
    let value = Arc::new(());
    let cache = InstrumentedCache::build(Cache::builder("sync_entries"), Moka::builder())
        .expect("the names are free");
    cache.insert(1, Arc::clone(&value));
    cache.run_pending_tasks();
    assert_eq!(counts("sync_entries", "moka").entries(), Some(1.0));
    let clone = cache.clone();
    drop(cache);
    assert_eq!(counts("sync_entries", "moka").entries(), Some(1.0));
    drop(clone);
    assert_eq!(counts("sync_entries", "moka").entries(), None);
    // Nobody holds the cache any more: not the registry, not its own listener.
    assert_eq!(Arc::strong_count(&value), 1);
}

#[derive(Clone, Debug)]
enum Step {
    Get(u8),
    GetWith(u8, u8),
    TryGetWith(u8, Result<u8, u8>),
    Optionally(u8, Option<u8>),
    Entry(u8, u8),
    Upsert(u8, u8),
    Insert(u8, u8),
    Remove(u8),
    Invalidate(u8),
    Contains(u8),
    Clear,
}

fn step() -> impl Strategy<Value = Step> {
    let key = 0..6_u8;
    prop_oneof![
        key.clone().prop_map(Step::Get),
        (key.clone(), any::<u8>()).prop_map(|(key, value)| Step::GetWith(key, value)),
        (key.clone(), any::<Result<u8, u8>>()).prop_map(|(key, value)| Step::TryGetWith(key, value)),
        (key.clone(), any::<Option<u8>>()).prop_map(|(key, value)| Step::Optionally(key, value)),
        (key.clone(), any::<u8>()).prop_map(|(key, value)| Step::Entry(key, value)),
        (key.clone(), any::<u8>()).prop_map(|(key, value)| Step::Upsert(key, value)),
        (key.clone(), any::<u8>()).prop_map(|(key, value)| Step::Insert(key, value)),
        key.clone().prop_map(Step::Remove),
        key.clone().prop_map(Step::Invalidate),
        key.prop_map(Step::Contains),
        Just(Step::Clear),
    ]
}

/// Applies a step to a cache, measured or not, and formats what it returns.
macro_rules! apply {
    ($cache:expr, $step:expr) => {
        match $step.clone() {
            Step::Get(key) => format!("{:?}", $cache.get(&key)),
            Step::GetWith(key, value) => format!("{:?}", $cache.get_with(key, || value)),
            Step::TryGetWith(key, value) => format!("{:?}", $cache.try_get_with(key, || value)),
            Step::Optionally(key, value) => {
                format!("{:?}", $cache.optionally_get_with_by_ref(&key, || value))
            }
            Step::Entry(key, value) => format!("{:?}", $cache.entry(key).or_insert(value)),
            Step::Upsert(key, value) => format!("{:?}", $cache.entry_by_ref(&key).and_upsert_with(|_| value)),
            Step::Insert(key, value) => format!("{:?}", $cache.insert(key, value)),
            Step::Remove(key) => format!("{:?}", $cache.remove(&key)),
            Step::Invalidate(key) => format!("{:?}", $cache.invalidate(&key)),
            Step::Contains(key) => format!("{:?}", $cache.contains_key(&key)),
            Step::Clear => format!("{:?}", $cache.invalidate_all()),
        }
    };
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn measured_and_plain_return_the_same(steps in proptest::collection::vec(step(), 0..60)) {
        let measured = cache("sync_same", 100);
        let plain: Moka<u8, u8> = Moka::builder().max_capacity(100).build();
        for step in steps {
            prop_assert_eq!(apply!(measured, step), apply!(plain, step), "{:?}", step);
        }
        let sorted = |entries: moka::sync::Iter<'_, u8, u8>| {
            let mut entries: Vec<_> = entries.collect();
            entries.sort_unstable();
            entries
        };
        prop_assert_eq!(sorted(measured.iter()), sorted(plain.iter()));
        measured.run_pending_tasks();
        plain.run_pending_tasks();
        prop_assert_eq!(measured.entry_count(), plain.entry_count());
        prop_assert_eq!(measured.weighted_size(), plain.weighted_size());
    }
}
