//! Stores are counted right under cached's attributes and by themselves, and return what they return when they are not
//! counted.

#[path = "../../../cache/tests/support/counts.rs"]
mod counts;

use cached::{
    Cached, ConcurrentCached, LruCache, ShardedLruCache, UnboundCache,
    macros::{cached, concurrent_cached},
};
use counts::counts;
use proptest::prelude::*;
use std::convert::Infallible;
use tallymark_cached::{Cache, InstrumentedShardedStore, InstrumentedStore};

fn lru(name: &str, size: usize) -> InstrumentedStore<LruCache<u8, u8>> {
    let store = LruCache::builder().max_size(size).build().expect("a size above zero");
    InstrumentedStore::new(Cache::builder(name), store).expect("the names are free")
}

fn sharded(name: &str, size: usize) -> InstrumentedShardedStore<ShardedLruCache<u8, u8>> {
    let store = ShardedLruCache::builder().max_size(size).build().expect("a size above zero");
    InstrumentedShardedStore::new(Cache::builder(name), store).expect("the names are free")
}

#[cached(ty = "InstrumentedStore<LruCache<u8, u8>>", create = { lru("cached_fn", 2) })]
fn doubled(number: u8) -> u8 {
    number.wrapping_mul(2)
}

#[test]
fn a_function_under_the_attribute() {
    assert_eq!([doubled(1), doubled(1), doubled(2), doubled(3), doubled(1)], [2, 2, 4, 6, 2]);
    let counts = counts("cached_fn", "cached");
    assert_eq!(counts.gets(), [1, 4, 0, 0]);
    assert_eq!(counts.sets(), [4, 0, 0, 0]);
    assert_eq!(counts.evictions(), [2, 0]);
    assert_eq!(counts.entries(), Some(2.0));
}

#[cached(
    ty = "InstrumentedStore<UnboundCache<u8, u8>>",
    create = {
        InstrumentedStore::new(Cache::builder("cached_read"), UnboundCache::builder().build().expect("no settings"))
            .expect("the names are free")
    },
    unsync_reads = true
)]
fn tripled(number: u8) -> u8 {
    number.wrapping_mul(3)
}

#[test]
fn a_function_that_reads_without_a_write_lock() {
    assert_eq!([tripled(1), tripled(1), tripled(2)], [3, 3, 6]);
    let counts = counts("cached_read", "cached");
    assert_eq!(counts.gets()[0], 1);
    assert_eq!(counts.sets(), [2, 0, 0, 0]);
}

#[concurrent_cached(ty = "InstrumentedShardedStore<ShardedLruCache<u8, u8>>", create = { sharded("cached_shared", 100) }, map_error = |error| error)]
#[expect(clippy::unnecessary_wraps, reason = "the attribute wants a result")]
fn squared(number: u8) -> Result<u8, Infallible> {
    match number {
        16.. => unreachable!("no test asks for so much"),
        number => Ok(number * number),
    }
}

#[test]
fn a_function_under_the_attribute_for_threads() {
    assert_eq!([squared(2), squared(2), squared(3)], [Ok(4), Ok(4), Ok(9)]);
    let counts = counts("cached_shared", "cached");
    assert_eq!(counts.gets(), [1, 2, 0, 0]);
    assert_eq!(counts.sets(), [2, 0, 0, 0]);
    assert_eq!(counts.entries(), Some(2.0));
}

#[test]
fn stores_by_themselves() {
    let mut store = lru("cached_store", 10);
    assert_eq!(store.cache_get(&1), None);
    assert_eq!(store.cache_set(1, 10), None);
    assert_eq!(store.cache_get_mut(&1), Some(&mut 10));
    assert_eq!(store.cache_get_or_set_with(2, || 20), &20);
    assert_eq!(store.cache_try_get_or_set_with(3, || Err::<u8, _>("no")), Err("no"));
    assert_eq!(store.cache_remove(&1), Some(10));
    assert!(!store.cache_delete(&1));
    store.cache_clear();
    let counts = counts("cached_store", "cached");
    assert_eq!(counts.gets(), [1, 3, 0, 0]);
    assert_eq!(counts.sets(), [2, 0, 0, 0]);
    assert_eq!(counts.deletes(), [1, 1, 0, 0]);
    assert_eq!(counts.others(), [1, 0, 0, 0]);
    assert_eq!(counts.entries(), Some(0.0));
    drop(store);
    assert_eq!(counts::counts("cached_store", "cached").entries(), None);
}

#[test]
fn evictions_of_a_sharded_store_are_seen_at_scrapes() {
    let store = sharded("cached_full", 1);
    for key in 0..50 {
        assert!(store.cache_set(key, key).is_ok());
    }
    let entries = counts("cached_full", "cached").entries();
    let [evicted, expired] = counts("cached_full", "cached").evictions();
    assert!(evicted > 0);
    assert_eq!(entries.map(|entries| entries + evicted as f64), Some(50.0));
    assert_eq!(expired, 0, "it cannot tell those");
}

#[derive(Clone, Debug)]
enum Step {
    Get(u8),
    Set(u8, u8),
    Load(u8, u8),
    TryLoad(u8, Result<u8, u8>),
    Remove(u8),
    Delete(u8),
    Contains(u8),
    Clear,
}

fn step() -> impl Strategy<Value = Step> {
    let key = 0..6_u8;
    prop_oneof![
        key.clone().prop_map(Step::Get),
        (key.clone(), any::<u8>()).prop_map(|(key, value)| Step::Set(key, value)),
        (key.clone(), any::<u8>()).prop_map(|(key, value)| Step::Load(key, value)),
        (key.clone(), any::<Result<u8, u8>>()).prop_map(|(key, value)| Step::TryLoad(key, value)),
        key.clone().prop_map(Step::Remove),
        key.clone().prop_map(Step::Delete),
        key.prop_map(Step::Contains),
        Just(Step::Clear),
    ]
}

macro_rules! apply {
    ($cache:expr, $step:expr) => {
        match $step.clone() {
            Step::Get(key) => format!("{:?}", $cache.cache_get(&key)),
            Step::Set(key, value) => format!("{:?}", $cache.cache_set(key, value)),
            Step::Load(key, value) => format!("{:?}", $cache.cache_get_or_set_with(key, || value)),
            Step::TryLoad(key, value) => format!("{:?}", $cache.cache_try_get_or_set_with(key, || value)),
            Step::Remove(key) => format!("{:?}", $cache.cache_remove(&key)),
            Step::Delete(key) => format!("{:?}", $cache.cache_delete(&key)),
            Step::Contains(key) => format!("{:?}", $cache.cache_contains(&key)),
            Step::Clear => format!("{:?}", $cache.cache_clear()),
        }
    };
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// With room for fewer keys than there are, so that both evict: the same ones.
    #[test]
    fn measured_and_plain_return_the_same(steps in proptest::collection::vec(step(), 0..60)) {
        let mut measured = lru("cached_same", 3);
        let mut plain: LruCache<u8, u8> = LruCache::builder().max_size(3).build().expect("a size above zero");
        let shared = sharded("cached_shared_same", 100);
        let plain_shared: ShardedLruCache<u8, u8> =
            ShardedLruCache::builder().max_size(100).build().expect("a size above zero");
        for step in steps {
            prop_assert_eq!(apply!(measured, step), apply!(plain, step), "{:?}", step);
            prop_assert_eq!(apply!(shared, step), apply!(plain_shared, step), "{:?}", step);
        }
        prop_assert_eq!(measured.cache_size(), plain.cache_size());
        prop_assert_eq!(measured.cache_hits(), plain.cache_hits());
        prop_assert_eq!(measured.cache_evictions(), plain.cache_evictions());
    }
}
