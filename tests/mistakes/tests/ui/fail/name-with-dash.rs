use tallymark::{Counter, metric};

/// Orders.
#[metric(name = "orders-created-total", allow(name, total))]
static ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
