use tallymark::{Counter, metric};

/// Orders.
#[metric(name = "orders__created_total")]
static ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
