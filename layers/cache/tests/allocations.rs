//! Counting what a cache does allocates nothing, once the cache is built.

use allocation_counter::{AllocationInfo, measure};
use tallymark_cache::{Cache, Naming};

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
        assert!(info.count_total == 0, "{info:?}");
    }
}
