//! A program that allocates with jemalloc.

use std::hint::black_box;
use tallymark::registry;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const LARGE: usize = 64 << 20;

#[test]
fn what_is_allocated_is_seen() {
    tallymark_tokio::observe_jemalloc().forget();
    let bytes = |name: &str| registry::snapshot().value(&format!("jemalloc_{name}_bytes"), &[]).expect(name);
    let before = bytes("allocated");
    let large = black_box(vec![1_u8; LARGE]);
    let (allocated, active) = (bytes("allocated"), bytes("active"));
    assert!(allocated >= before + LARGE as f64, "{before} {allocated}");
    // Each is part of the next.
    assert!(active >= LARGE as f64 && bytes("resident") >= LARGE as f64 && bytes("mapped") >= LARGE as f64);
    assert!(bytes("metadata") > 0.0 && bytes("retained") >= 0.0);
    drop(large);
    assert!(bytes("allocated") < before + LARGE as f64);
    assert!(registry::collectors().iter().all(|collector| collector.errors == 0));
}
