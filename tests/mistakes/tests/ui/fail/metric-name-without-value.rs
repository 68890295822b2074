use tallymark::{Counter, metric};

/// Orders.
#[metric(name)]
static ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
