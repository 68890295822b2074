use tallymark::{GaugeHistogram, buckets, metric};

/// Ages of what is in the queue.
#[metric]
static QUEUE_GCOUNT: GaugeHistogram = GaugeHistogram::new(buckets![1.0, 60.0]);

fn main() {}
