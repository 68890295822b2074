use tallymark::{Histogram, buckets, metric};

/// Time to pack an order.
#[metric]
static PACKING_DURATION_SECONDS: Histogram = Histogram::new(buckets![linear(0.0, 1.0, 128)]);

fn main() {}
