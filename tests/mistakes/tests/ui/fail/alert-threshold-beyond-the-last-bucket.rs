use tallymark::{Histogram, buckets, metric};

/// Time that orders take.
#[metric(alert(name = "SlowOrders", when = "p99[5m] > 30s"))]
static ORDER_DURATION_SECONDS: Histogram = Histogram::new(buckets![0.1, 1.0, 10.0]);

fn main() {}
