use tallymark::{GaugeHistogram, LabelSet, buckets, metric};

#[derive(LabelSet)]
struct Where<'a> {
    le: &'a str,
}

/// Ages of what is in the queue.
#[metric]
static QUEUE_AGE_SECONDS: GaugeHistogram<Where> = GaugeHistogram::new(buckets![1.0, 60.0]);

fn main() {}
