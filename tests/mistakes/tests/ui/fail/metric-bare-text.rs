use tallymark::{Counter, metric};

/// Orders.
#[metric("orders_total")]
static ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
