use tallymark::{Counter, metric};

/// Orders.
#[metric(allow(units))]
static ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
