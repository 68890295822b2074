//! Bounds that several histograms share are written once.

use tallymark::{Histogram, buckets, metric};

const BOUNDS: [f64; 3] = [0.1, 0.5, 2.5];

mod layouts {
    pub const SLOW: &[f64] = &[10.0, 60.0];
}

/// Time to pack an order.
#[metric]
static PACKING_DURATION_SECONDS: Histogram = Histogram::new(buckets![BOUNDS]);

/// Time to deliver an order.
#[metric]
static DELIVERY_DURATION_SECONDS: Histogram = Histogram::new(buckets![layouts::SLOW]);

fn main() {
    assert_eq!(PACKING_DURATION_SECONDS.buckets().bounds(), BOUNDS);
    assert_eq!(DELIVERY_DURATION_SECONDS.buckets().bounds(), layouts::SLOW);
}
