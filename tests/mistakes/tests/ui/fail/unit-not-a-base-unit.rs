use tallymark::{Gauge, metric};

/// Wait.
#[metric(unit = "hours")]
static WAIT_HOURS: Gauge = Gauge::new();

fn main() {}
