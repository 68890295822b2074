use tallymark::{Histogram, metric};

/// Time to pack an order.
#[metric]
static PACKING_DURATION_SECONDS: Histogram = Histogram::new();

fn main() {}
