use tallymark::{GaugeHistogram, buckets, metric};

/// Ages of what is in the queue.
#[metric(across = sum)]
static QUEUE_AGE_SECONDS: GaugeHistogram = GaugeHistogram::new(buckets![1.0, 60.0]);

fn main() {}
