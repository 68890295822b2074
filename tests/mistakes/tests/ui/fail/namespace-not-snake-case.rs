use tallymark::{Counter, metric};

/// Orders.
#[metric(namespace = "Shop")]
static ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
