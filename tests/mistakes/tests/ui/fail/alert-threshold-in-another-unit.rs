use tallymark::{Histogram, buckets, metric};

/// Sizes of orders.
#[metric(alert(name = "LargeOrders", when = "p99[5m] > 250ms"))]
static ORDER_BYTES: Histogram = Histogram::new(buckets![10.0, 100.0]);

fn main() {}
