use tallymark::{Counter, metric};

/// Orders.
#[metric(name = "ordersCreated_total")]
static ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
