use tallymark::{Histogram, buckets, metric};

/// Wait.
#[metric(unit = "seconds")]
static WAIT: Histogram = Histogram::new(buckets![1.0]);

fn main() {}
