use tallymark::{Histogram, buckets, metric};

/// Wait.
#[metric]
static WAIT_MS: Histogram = Histogram::new(buckets![1.0]);

fn main() {}
