use tallymark::{Histogram, buckets, metric};

/// Time to pack an order.
#[metric]
static PACKING_DURATION_SECONDS: Histogram = Histogram::new(buckets![exponential(0.0, 2.0, 10)]);

fn main() {}
