use tallymark::{Gauge, metric};

/// Full.
#[metric]
static DISK_USED_PERCENT: Gauge = Gauge::new();

fn main() {}
