use tallymark::{Gauge, metric};

/// Wait.
#[metric(unit = "Seconds")]
static WAIT_SECONDS: Gauge = Gauge::new();

fn main() {}
