use tallymark::{Counter, Histogram, buckets, metric};

/// Orders.
#[metric(slo(latency = "250ms @ 99"))]
static ORDERS_TOTAL: Counter = Counter::new();

/// Sizes of orders.
#[metric(slo(latency = "250ms @ 99"))]
static ORDER_BYTES: Histogram = Histogram::new(buckets![10.0, 100.0]);

fn main() {}
