use tallymark::{Buckets, buckets};

static BUCKETS: &Buckets = buckets![exponential(0.1, 2.0)];

fn main() {
    let _ = BUCKETS;
}
