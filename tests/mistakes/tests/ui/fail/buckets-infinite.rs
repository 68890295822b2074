use tallymark::{Histogram, buckets, metric};

/// Time to pack an order.
#[metric]
static PACKING_DURATION_SECONDS: Histogram = Histogram::new(buckets![0.1, f64::INFINITY]);

fn main() {}
