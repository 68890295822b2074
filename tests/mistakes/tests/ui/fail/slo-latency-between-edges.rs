use tallymark::{Histogram, buckets, metric, timed};

#[timed(slo(success = 99.9, latency = "300ms @ 99"))]
fn confirm() {}

/// Time that orders take.
#[metric(slo(latency = "2s @ 99"))]
static ORDER_DURATION_SECONDS: Histogram = Histogram::new(buckets![0.1, 1.0, 2.5]);

fn main() {
    confirm();
}
