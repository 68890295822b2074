//! Counting what a cache does allocates nothing, once it has begun.

use allocation_counter::measure;
use tallymark_quick_cache::{Cache, InstrumentedCache};

/// The least that it takes after a few rounds, in which all is looked up that is looked up once.
fn least(mut operation: impl FnMut()) -> u64 {
    for _ in 0..4 {
        operation();
    }
    (0..64).map(|_| measure(&mut operation).count_total).min().unwrap_or_default()
}

fn cache(name: &str) -> InstrumentedCache<i32, i32> {
    InstrumentedCache::new(Cache::builder(name), 100).expect("the names are free")
}

#[test]
fn lookups() {
    let cache = cache("alloc_lookups");
    cache.insert(1, 10);
    assert_eq!(least(|| _ = (cache.get(&1), cache.get(&2))), 0);
    assert_eq!(least(|| _ = cache.get_or_insert_with(&1, || Err(()))), 0);
}

#[test]
fn inserts() {
    let (measured, plain) = (cache("alloc_inserts"), quick_cache::sync::Cache::new(100));
    assert_eq!(least(|| measured.insert(1, 10)), least(|| plain.insert(1, 10)));
}
