use tallymark::{Counter, metric};

/// Orders.
#[metric]
static METRIC_ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
