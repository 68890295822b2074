use tallymark::{Histogram, buckets, job, metric};

/// Time to export.
#[metric]
static EXPORT_DURATION_SECONDS: Histogram = Histogram::new(buckets![1.0, 60.0]);

#[job(EXPORT_DURATION_SECONDS)]
fn export() {}

fn main() {
    export();
}
