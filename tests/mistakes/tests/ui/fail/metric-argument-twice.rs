use tallymark::{Counter, metric};

/// Orders.
#[metric(namespace = "shop", namespace = "store")]
static ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
