use tallymark::{GaugeHistogram, metric};

/// Ages of what is in the queue.
#[metric]
static QUEUE_AGE_SECONDS: GaugeHistogram = GaugeHistogram::new();

fn main() {}
