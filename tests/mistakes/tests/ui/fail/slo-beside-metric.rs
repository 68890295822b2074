use tallymark::{Histogram, buckets, timed};

static ORDER_DURATION_SECONDS: Histogram = Histogram::new(buckets![0.1, 1.0, 2.5]);

#[timed(ORDER_DURATION_SECONDS, slo(latency = "1s @ 99"))]
fn confirm() {}

fn main() {
    confirm();
}
