use tallymark::{Counter, metric};

/// Orders.
#[metric(name = 5)]
static ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
