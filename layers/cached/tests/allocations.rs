//! Counting what a store does allocates nothing, once it has begun.

use allocation_counter::measure;
use cached::{Cached, LruCache};
use tallymark_cached::{Cache, InstrumentedStore};

#[test]
fn lookups_and_sets() {
    let store = LruCache::builder().max_size(4).build().expect("a size above zero");
    let mut store =
        InstrumentedStore::new(Cache::builder("alloc_cached"), store).expect("the names are free");
    let mut operations = || {
        store.cache_set(1, 10);
        assert_eq!(store.cache_get(&1), Some(&10));
        assert_eq!(store.cache_get(&2), None);
    };
    for _ in 0..4 {
        operations();
    }
    let info = measure(operations);
    assert!(info.count_total == 0, "{info:?}");
}
