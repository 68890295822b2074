use tallymark::{Counter, Histogram, buckets, metric};

/// Sizes of replies.
#[metric(quantiles = [0.5])]
static REPLY_BYTES: Histogram = Histogram::new(buckets![1000.0]);

/// Replies.
#[metric(quantiles = [0.5])]
static REPLIES_TOTAL: Counter = Counter::new();

fn main() {}
