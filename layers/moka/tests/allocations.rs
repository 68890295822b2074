//! Counting what a moka cache does allocates nothing, once it has begun.

#![cfg(all(feature = "future", feature = "sync"))]

use allocation_counter::measure;
use futures::executor::block_on;
use tallymark_moka::{Cache, future, sync};

/// The least that it takes after a few rounds, in which all is looked up that is looked up once: moka cleans up now and
/// then, by the clock too, within whatever is being done.
fn least(mut operation: impl FnMut()) -> u64 {
    for _ in 0..4 {
        operation();
    }
    (0..64).map(|_| measure(&mut operation).count_total).min().unwrap_or_default()
}

#[test]
fn operations() {
    let capacity = || moka::sync::Cache::builder().max_capacity(100);
    let plain = capacity().eviction_listener(|_, _, _| ()).build();
    let measured = sync::InstrumentedCache::build(Cache::builder("alloc_sync"), capacity());
    let measured = measured.expect("the names are free");
    let of_plain = [
        least(|| plain.insert(1, 10)),
        least(|| _ = plain.get(&1)),
        least(|| _ = plain.get(&2)),
        least(|| _ = plain.get_with(1, || 10)),
        least(|| _ = plain.remove(&1)),
        least(|| plain.insert(1, 10)),
    ];
    let of_measured = [
        least(|| measured.insert(1, 10)),
        least(|| _ = measured.get(&1)),
        least(|| _ = measured.get(&2)),
        least(|| _ = measured.get_with(1, || 10)),
        least(|| _ = measured.remove(&1)),
        least(|| measured.insert(1, 10)),
    ];
    assert_eq!(of_measured, of_plain);
}

#[test]
fn operations_that_are_awaited() {
    let capacity = || moka::future::Cache::builder().max_capacity(100);
    let plain = capacity().eviction_listener(|_, _, _| ()).build();
    let measured = future::InstrumentedCache::build(Cache::builder("alloc_future"), capacity())
        .expect("the names are free");
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
