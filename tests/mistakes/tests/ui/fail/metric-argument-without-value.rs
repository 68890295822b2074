use tallymark::{Counter, metric};

/// Orders created.
#[metric(max_series =, init)]
static ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
