use tallymark::{Counter, metric};

/// Orders.
#[metric(init = true)]
static ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
