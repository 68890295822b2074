use tallymark::{GaugeHistogram, buckets, metric};

/// Ages of what is in the queue.
#[metric(alert(name = "QueueIsOld", when = "p99[5m] > 60s"))]
static QUEUE_AGE_SECONDS: GaugeHistogram = GaugeHistogram::new(buckets![1.0, 60.0]);

fn main() {}
