//! The cache is counted right, and returns what it returns when it is not counted.
//!
//! Each test has a cache name of its own, so that it sees no other test's counts.

#[path = "../../../cache/tests/support/counts.rs"]
mod counts;

use counts::counts;
use proptest::prelude::*;
use quick_cache::{
    DefaultHashBuilder, Lifecycle, OptionsBuilder, UnitWeighter,
    sync::{Cache as Plain, EntryAction, EntryResult, GuardResult},
};
use std::{
    future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::Poll,
    time::Duration,
};
use tallymark_quick_cache::{Cache, InstrumentedCache};

fn cache(name: &str) -> InstrumentedCache<u8, u8> {
    InstrumentedCache::new(Cache::builder(name), 100).expect("the names are free")
}

#[test]
fn lookups_sets_and_deletes() {
    let cache = cache("quick");
    assert_eq!(cache.get(&1), None);
    cache.insert(1, 10);
    assert_eq!(cache.try_insert(2, 20), Ok(()));
    assert_eq!(cache.replace(3, 30, false), Err((3, 30)));
    assert_eq!(cache.get(&1), Some(10));
    assert_eq!(cache.try_get(&2), Ok(Some(20)));
    assert_eq!(cache.remove(&1), Some((1, 10)));
    assert_eq!(cache.remove(&1), None);
    assert_eq!(cache.remove_if(&2, |_| false), None);
    cache.clear();
    assert!(cache.is_empty());
    let counts = counts("quick", "quick_cache");
    assert_eq!(counts.gets(), [2, 1, 0, 0]);
    assert_eq!(counts.sets(), [2, 1, 0, 0]);
    assert_eq!(counts.deletes(), [1, 2, 0, 0]);
    assert_eq!(counts.others(), [1, 0, 0, 0]);
    assert_eq!(counts.entries(), Some(0.0));
    assert_eq!(["get", "set", "delete", "other"].map(|it| counts.timed(it)), [3, 3, 3, 1]);
}

#[tokio::test]
async fn a_loader_that_runs_is_a_miss_and_a_set() {
    let cache = cache("quick_load");
    for _ in 0..2 {
        assert_eq!(cache.get_or_insert_with(&1, || Ok::<_, ()>(10)), Ok(10));
        assert_eq!(cache.get_or_insert_with(&2, || Err("no")), Err("no"));
        assert_eq!(cache.get_or_insert_async(&3, async { Ok::<_, ()>(30) }).await, Ok(30));
    }
    let counts = counts("quick_load", "quick_cache");
    assert_eq!(counts.gets(), [2, 4, 0, 0]);
    assert_eq!(counts.sets(), [2, 0, 0, 0]);
    assert_eq!((counts.timed("get"), counts.timed("load")), (2, 4));
}

#[tokio::test]
async fn lookups_that_wait_in_vain_are_cancelled() {
    let cache = cache("quick_wait");
    let load = cache.get_or_insert_async(&1, future::pending::<Result<u8, ()>>());
    let mut load = Box::pin(load);
    assert!(matches!(futures::poll!(load.as_mut()), Poll::Pending));
    assert!(matches!(cache.get_value_or_guard(&1, Some(Duration::ZERO)), GuardResult::Timeout));
    let mut wait = Box::pin(cache.get_value_or_guard_async(&1));
    assert!(matches!(futures::poll!(wait.as_mut()), Poll::Pending));
    drop(wait);
    assert_eq!(counts("quick_wait", "quick_cache").gets(), [0, 0, 0, 2]);
    drop(load);
    assert_eq!(counts("quick_wait", "quick_cache").gets(), [0, 1, 0, 2]);
    assert!(matches!(cache.get_value_or_guard(&1, None), GuardResult::Guard(_)));
    assert_eq!(counts("quick_wait", "quick_cache").gets(), [0, 2, 0, 2]);
    assert_eq!(counts("quick_wait", "quick_cache").sets(), [0; 4]);
}

#[test]
fn entries() {
    let cache = cache("quick_entry");
    cache.insert(1, 10);
    let kept = cache.entry(&1, None, |_, value| EntryAction::Retain(*value));
    assert!(matches!(kept, EntryResult::Retained(10)));
    let removed = cache.entry(&1, None, |_, _| EntryAction::<()>::Remove);
    assert!(matches!(removed, EntryResult::Removed(1, 10)));
    assert!(matches!(cache.entry(&1, None, |_, _| EntryAction::<()>::Remove), EntryResult::Vacant(_)));
    let counts = counts("quick_entry", "quick_cache");
    assert_eq!(counts.gets(), [2, 1, 0, 0]);
    assert_eq!(counts.deletes(), [1, 0, 0, 0]);
}

#[derive(Clone, Default)]
struct Watching {
    cold: Arc<AtomicU64>,
    hot: Arc<AtomicU64>,
}

impl Lifecycle<u32, u32> for Watching {
    type RequestState = ();

    fn is_pinned(&self, key: &u32, _: &u32) -> bool {
        *key == 0
    }

    fn on_evict_cold(&self, (): &mut (), _: u32, _: u32) {
        self.cold.fetch_add(1, Ordering::Relaxed);
    }

    fn on_evict_hot(&self, (): &mut (), _: u32, _: u32) {
        self.hot.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn evictions_are_counted_beside_the_lifecycle_that_is_there() {
    let watching = Watching::default();
    let options = OptionsBuilder::new().estimated_items_capacity(32).weight_capacity(32).shards(1).build();
    let cache = InstrumentedCache::with_options(
        Cache::builder("quick_full"),
        options.expect("good options"),
        UnitWeighter,
        DefaultHashBuilder::default(),
        watching.clone(),
    )
    .expect("the names are free");
    for key in 0..200 {
        cache.insert(key, key);
    }
    let seen = watching.cold.load(Ordering::Relaxed) + watching.hot.load(Ordering::Relaxed);
    assert!(seen >= 100, "{seen}");
    assert_eq!(seen + cache.len() as u64, 200);
    assert_eq!(cache.peek(&0), Some(0), "it is pinned");
    assert_eq!(counts("quick_full", "quick_cache").evictions(), [seen, 0]);
}

#[test]
fn nothing_outlives_the_cache() {
    let value = Arc::new(());
    let cache = InstrumentedCache::new(Cache::builder("quick_entries"), 100).expect("the names are free");
    cache.insert(1, Arc::clone(&value));
    assert_eq!(counts("quick_entries", "quick_cache").entries(), Some(1.0));
    drop(cache);
    assert_eq!(counts("quick_entries", "quick_cache").entries(), None);
    assert_eq!(Arc::strong_count(&value), 1);
}

#[derive(Clone, Debug)]
enum Step {
    Get(u8),
    Peek(u8),
    Load(u8, Result<u8, u8>),
    Entry(u8),
    Insert(u8, u8),
    Replace(u8, u8),
    Remove(u8),
    RemoveIf(u8, u8),
    Retain(u8),
    Clear,
}

fn step() -> impl Strategy<Value = Step> {
    let key = 0..40_u8;
    prop_oneof![
        key.clone().prop_map(Step::Get),
        key.clone().prop_map(Step::Peek),
        (key.clone(), any::<Result<u8, u8>>()).prop_map(|(key, value)| Step::Load(key, value)),
        key.clone().prop_map(Step::Entry),
        (key.clone(), any::<u8>()).prop_map(|(key, value)| Step::Insert(key, value)),
        (key.clone(), any::<u8>()).prop_map(|(key, value)| Step::Replace(key, value)),
        key.clone().prop_map(Step::Remove),
        (key.clone(), any::<u8>()).prop_map(|(key, value)| Step::RemoveIf(key, value)),
        key.prop_map(Step::Retain),
        Just(Step::Clear),
    ]
}

macro_rules! apply {
    ($cache:expr, $step:expr) => {
        match $step.clone() {
            Step::Get(key) => format!("{:?}", $cache.get(&key)),
            Step::Peek(key) => format!("{:?}", $cache.peek(&key)),
            Step::Load(key, value) => format!("{:?}", $cache.get_or_insert_with(&key, || value)),
            Step::Entry(key) => match $cache.entry(&key, None, |_, value| {
                if *value % 2 == 0 { EntryAction::Retain(*value) } else { EntryAction::Remove }
            }) {
                EntryResult::Retained(value) => format!("{value}"),
                EntryResult::Removed(key, value) => format!("{key} {value}"),
                _ => "none".to_owned(),
            },
            Step::Insert(key, value) => format!("{:?}", $cache.insert(key, value)),
            Step::Replace(key, value) => format!("{:?}", $cache.replace(key, value, true)),
            Step::Remove(key) => format!("{:?}", $cache.remove(&key)),
            Step::RemoveIf(key, least) => format!("{:?}", $cache.remove_if(&key, |value| *value >= least)),
            Step::Retain(least) => format!("{:?}", $cache.retain(|_, value| *value >= least)),
            Step::Clear => format!("{:?}", $cache.clear()),
        }
    };
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// With room for fewer keys than there are, so that both evict: the same ones.
    #[test]
    fn measured_and_plain_return_the_same(steps in proptest::collection::vec(step(), 0..200)) {
        let measured = InstrumentedCache::new(Cache::builder("quick_same"), 16).expect("the names are free");
        let plain = Plain::new(16);
        for step in steps {
            prop_assert_eq!(apply!(measured, step), apply!(plain, step), "{:?}", step);
        }
        prop_assert_eq!(measured.len(), plain.len());
        prop_assert_eq!(measured.weight(), plain.weight());
        prop_assert_eq!(measured.capacity(), plain.capacity());
    }
}
