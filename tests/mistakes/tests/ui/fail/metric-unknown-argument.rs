use tallymark::{Counter, metric};

/// Orders.
#[metric(nmae = "orders_total")]
static ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
