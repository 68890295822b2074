use tallymark::{Histogram, buckets, metric};

const BOUNDS: [u64; 3] = [1, 2, 3];

/// Bytes of a parcel.
#[metric]
static PARCEL_BYTES: Histogram = Histogram::new(buckets![BOUNDS]);

fn main() {}
