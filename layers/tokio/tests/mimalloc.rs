//! A program that allocates with mimalloc.

use std::hint::black_box;
use tallymark::registry;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const LARGE: usize = 64 << 20;

#[test]
fn what_is_allocated_is_seen() {
    tallymark_tokio::observe_mimalloc().forget();
    let value = |name: &str| registry::snapshot().value(name, &[]).expect(name);
    let large = black_box(vec![1_u8; LARGE]);
    assert!(value("mimalloc_committed_bytes") >= LARGE as f64);
    assert!(value("mimalloc_reserved_bytes") >= value("mimalloc_committed_bytes"));
    assert!(value("mimalloc_pages") >= 1.0 && value("mimalloc_arenas") >= 1.0);
    assert!(value("mimalloc_abandoned_pages") >= 0.0 && value("mimalloc_purged_bytes_total") >= 0.0);
    drop(large);
    let errors: Vec<_> =
        registry::collectors().into_iter().filter(|collector| collector.errors > 0).collect();
    assert!(errors.is_empty(), "{errors:?}");
}
