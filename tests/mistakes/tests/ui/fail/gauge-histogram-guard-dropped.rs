#![deny(unused_must_use)]
use tallymark::{GaugeHistogram, buckets, metric};

/// Sizes of what is in the cache.
#[metric]
static CACHE_ENTRY_BYTES: GaugeHistogram = GaugeHistogram::new(buckets![1024.0, 65536.0]);

fn main() {
    CACHE_ENTRY_BYTES.enter(2048.0);
}
