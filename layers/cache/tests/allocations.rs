//! Counting what a cache in memory does allocates nothing, once it has begun.

#![cfg(all(feature = "cached", feature = "moka", feature = "quick-cache"))]

use allocation_counter::{AllocationInfo, measure};
use cached::{Cached, LruCache};
use futures::executor::block_on;
use tallymark::{
    Naming,
    cache::{
        Cache,
        cached::MeasuredStore,
        moka::{FutureCache, SyncCache},
        quick::QuickCache,
    },
};

fn nothing(info: AllocationInfo) -> bool {
    info.count_total == 0
}

/// What it takes after a few rounds, in which all is looked up that is looked up once.
fn warm(mut operation: impl FnMut()) -> AllocationInfo {
    for _ in 0..4 {
        operation();
    }
    measure(operation)
}

#[test]
fn operations_on_a_cache_of_ones_own() {
    for naming in [Naming::Standard, Naming::Django] {
        let cache = Cache::builder("alloc_own").naming(naming).build().expect("the names are free");
        let info = warm(|| {
            cache.get(|| Some(1));
            cache.get(|| Err::<Option<u8>, _>("no").ok().flatten());
            cache.set(|| ());
            cache.delete(|| false);
            cache.other(|| ());
            let mut get = cache.start_get();
            get.loading();
            drop(get);
        });
        assert!(nothing(info), "{info:?}");
    }
}

#[test]
fn lookups_in_moka_and_quick_cache() {
    let moka = SyncCache::build(Cache::builder("alloc_moka"), moka::sync::Cache::builder().max_capacity(100));
    let moka = moka.expect("the names are free");
    let quick = QuickCache::new(Cache::builder("alloc_quick"), 100).expect("the names are free");
    moka.insert(1, 10);
    quick.insert(1, 10);
    moka.run_pending_tasks();
    let plain = moka.inner().clone();
    let measured = least(|| _ = (moka.get(&1), moka.get(&2)));
    assert_eq!(measured, least(|| _ = (plain.get(&1), plain.get(&2))));
    let info = warm(|| _ = (quick.get(&1), quick.get(&2), quick.get_or_insert_with(&1, || Err(()))));
    assert!(nothing(info), "{info:?}");
}

/// The least that it takes: moka cleans up now and then, by the clock too, within whatever is being done.
fn least(mut operation: impl FnMut()) -> u64 {
    warm(&mut operation);
    (0..64).map(|_| measure(&mut operation).count_total).min().unwrap_or_default()
}

#[test]
fn inserts_into_moka_and_quick_cache() {
    let capacity = || moka::sync::Cache::builder().max_capacity(100);
    let plain = capacity().eviction_listener(|_, _, _| ()).build();
    let measured = SyncCache::build(Cache::builder("alloc_inserts"), capacity()).expect("the names are free");
    let of_plain =
        [least(|| plain.insert(1, 10)), least(|| _ = plain.remove(&1)), least(|| plain.insert(1, 10))];
    let of_measured = [
        least(|| measured.insert(1, 10)),
        least(|| _ = measured.remove(&1)),
        least(|| measured.insert(1, 10)),
    ];
    assert_eq!(of_measured, of_plain);

    let plain = quick_cache::sync::Cache::new(100);
    let measured = QuickCache::new(Cache::builder("alloc_quick_inserts"), 100).expect("the names are free");
    assert_eq!(least(|| measured.insert(1, 10)), least(|| plain.insert(1, 10)));
}

#[test]
fn operations_on_moka_that_are_awaited() {
    let capacity = || moka::future::Cache::builder().max_capacity(100);
    let plain = capacity().eviction_listener(|_, _, _| ()).build();
    let measured =
        FutureCache::build(Cache::builder("alloc_future"), capacity()).expect("the names are free");
    let of_plain = [
        least(|| block_on(plain.insert(1, 10))),
        least(|| _ = block_on(plain.get(&1))),
        least(|| _ = block_on(plain.get_with(1, async { 10 }))),
        least(|| _ = block_on(plain.try_get_with(1, async { Ok::<_, String>(10) }))),
        least(|| block_on(plain.invalidate(&1))),
    ];
    let of_measured = [
        least(|| block_on(measured.insert(1, 10))),
        least(|| _ = block_on(measured.get(&1))),
        least(|| _ = block_on(measured.get_with(1, async { 10 }))),
        least(|| _ = block_on(measured.try_get_with(1, async { Ok::<_, String>(10) }))),
        least(|| block_on(measured.invalidate(&1))),
    ];
    assert_eq!(of_measured, of_plain);
}

#[test]
fn lookups_and_sets_in_a_store_of_cached() {
    let store = LruCache::builder().max_size(4).build().expect("a size above zero");
    let mut store = MeasuredStore::new(Cache::builder("alloc_cached"), store).expect("the names are free");
    let info = warm(|| {
        store.cache_set(1, 10);
        assert_eq!(store.cache_get(&1), Some(&10));
        assert_eq!(store.cache_get(&2), None);
    });
    assert!(nothing(info), "{info:?}");
}
