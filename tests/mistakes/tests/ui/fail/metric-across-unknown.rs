use tallymark::{Gauge, metric};

/// Jobs that wait.
#[metric(across = average)]
static JOBS_WAITING: Gauge = Gauge::new();

fn main() {}
