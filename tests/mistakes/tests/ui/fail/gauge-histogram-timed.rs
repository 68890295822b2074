use tallymark::{GaugeHistogram, buckets, metric, timed};

/// Ages of what is in the queue.
#[metric]
static QUEUE_AGE_SECONDS: GaugeHistogram = GaugeHistogram::new(buckets![1.0, 60.0]);

#[timed(QUEUE_AGE_SECONDS)]
fn three() -> u8 {
    3
}

fn main() {}
